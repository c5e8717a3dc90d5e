public import Content

/// How bytes of a known number are cut into parts: all of one size but the last.
///
/// Some stores insist on equal parts. The same size gives the same plan always, so an upload can be resumed from nothing
/// but the file and the store's own list.
public struct PartPlan: Equatable, Sendable {
    /// Parts of one upload, at most (Amazon S3 multipart upload limits).
    public static let maximumCount = 10_000

    /// Any part but the last has at least this (same source).
    public static let minimumPartSize = ByteCount.mebibytes(5)

    /// Any part has at most this (same source).
    public static let maximumPartSize = ByteCount.gibibytes(5)

    /// Below this one request is cheaper than an upload in parts.
    public static let singleRequestLimit = ByteCount.mebibytes(16)

    /// Parts that a plan of our own choice has at most; the rest is room for a file that was measured wrong.
    static let targetCount: Int64 = 9_000

    /// Bytes in all.
    public let size: Int64

    /// Bytes in each part but the last.
    public let partSize: Int64

    /// The plan for so many bytes: parts of 8 MiB, or as many whole MiB as keep them below 9,000.
    ///
    /// - Parameter size: 0 or more.
    /// - Throws: ``MultipartError/tooLarge(limit:)``.
    public init(size: Int64) throws(MultipartError) {
        let mebibyte = ByteCount.mebibytes(1).bytes
        let even = Self.divideUp(size, by: Self.targetCount)
        let wanted = max(ByteCount.mebibytes(8).bytes, Self.divideUp(even, by: mebibyte) * mebibyte)
        let partSize = min(wanted, Self.maximumPartSize.bytes)
        guard Self.divideUp(size, by: partSize) <= Self.maximumCount else {
            throw .tooLarge(limit: ByteCount(Self.maximumPartSize.bytes * Int64(Self.maximumCount)))
        }
        self.size = size
        self.partSize = partSize
    }

    /// The plan with a part size that somebody else chose, such as the one an upload was begun with.
    ///
    /// - Throws: ``MultipartError/unusablePartSize(_:)``.
    public init(size: Int64, partSize: ByteCount) throws(MultipartError) {
        guard partSize >= Self.minimumPartSize, partSize <= Self.maximumPartSize,
            Self.divideUp(size, by: partSize.bytes) <= Self.maximumCount
        else { throw .unusablePartSize(partSize) }
        self.size = size
        self.partSize = partSize.bytes
    }

    /// Parts in the plan; one, of no bytes, when there is nothing to send.
    public var count: Int { max(1, Int(Self.divideUp(self.size, by: self.partSize))) }

    /// The bytes of one part.
    ///
    /// - Parameter number: 1 to ``count``.
    public func range(of number: Int) -> Range<Int64> {
        precondition((1...self.count).contains(number), "the plan has no part \(number)")
        let start = Int64(number - 1) * self.partSize
        return start..<min(start + self.partSize, self.size)
    }

    /// The part that holds a byte.
    ///
    /// - Parameter offset: 0 up to the size.
    public func number(at offset: Int64) -> Int {
        precondition((0..<max(1, self.size)).contains(offset), "no byte at \(offset)")
        return Int(offset / self.partSize) + 1
    }

    /// The size of one part of a body whose length nobody knows: 8 MiB, doubled after each 1,000 parts.
    ///
    /// 10,000 such parts hold 7.8 TiB, and a small body is sent in small ones.
    ///
    /// - Parameter number: 1 to 10,000.
    public static func partSize(ofUnknownLengthAt number: Int) -> ByteCount {
        precondition((1...self.maximumCount).contains(number), "no part has the number \(number)")
        return .mebibytes(8 << Int64((number - 1) / 1000))
    }

    private static func divideUp(_ value: Int64, by divisor: Int64) -> Int64 {
        value / divisor + (value % divisor == 0 ? 0 : 1)
    }
}
