/// Cuts one of the ranges a large file is split into, so that many can be cut at once.
///
/// Each range is cut as if a chunk began with it, which is true of the first only. Past its end a cutter therefore
/// goes on into the next range and cuts that twice: as its own, and as the next range's cutter does. Cuts depend on
/// little but the content, so the two are soon the same, mostly within a few chunks; that is the meeting point, and the
/// cutter is done. ``CutList/join(_:)`` then makes the whole of the lists: the same chunks as when the file is cut
/// from beginning to end, whatever the split.
///
/// Who hashes what: a cutter's caller hashes every chunk ``scan(_:)`` ends, and keeps the digests beside the
/// lengths; the join says which to keep. Nothing is read again, and only the chunks between a range's beginning
/// and its meeting point are hashed twice.
///
/// Data without content to speak of, such as zeros, may never meet. The cutter gives up after ``reach`` chunks of the
/// largest size, and the join asks to cut the two ranges as one.
public struct RangeCutter: Sendable {
    /// Chunks of the maximum length a cutter reads past its range at most.
    public static let reach: Int64 = 64

    private let range: Range<Int64>
    private let fileSize: Int64
    private let sizes: ChunkSizes
    private var own: ChunkStream
    private var next: ChunkStream
    private var lengths: [Int] = []
    private var meeting: Int64?

    /// The offset in the file of the bytes wanted next.
    public private(set) var position: Int64

    /// - Parameters:
    ///   - range: not empty, within the file.
    ///   - fileSize: bytes in the file.
    public init(_ range: Range<Int64>, of fileSize: Int64, _ sizes: ChunkSizes) {
        precondition(range.lowerBound >= 0 && range.upperBound <= fileSize && !range.isEmpty, "a range of the file")
        self.range = range
        self.fileSize = fileSize
        self.sizes = sizes
        self.own = ChunkStream(sizes)
        self.next = ChunkStream(sizes)
        self.position = range.lowerBound
    }

    /// Where reading ends at the latest.
    private var limit: Int64 {
        min(self.fileSize, self.range.upperBound + Self.reach * Int64(self.sizes.maximum))
    }

    /// Whether no more bytes are wanted: the cuts met the next range's, or will not, or the file has ended.
    public var isDone: Bool { self.meeting != nil || self.position >= self.limit }

    /// Takes bytes up to the next cut, or all of them when there is none.
    ///
    /// - Parameter bytes: the file's from ``position`` on, at least one; not to be called when ``isDone``.
    public mutating func scan(_ bytes: Span<UInt8>) -> ChunkStream.Scan {
        precondition(!self.isDone, "a cutter that is done takes no bytes")
        let wanted = bytes.extracting(first: Int(min(Int64(bytes.count), self.limit - self.position)))
        let scan = self.own.scan(wanted)
        let taken = wanted.extracting(first: scan.taken)
        let inside = min(max(0, self.range.upperBound - self.position), Int64(scan.taken))
        if inside < scan.taken { _ = self.next.feed(taken.extracting(Int(inside)...)) }
        self.position += Int64(scan.taken)
        guard let length = scan.length else { return scan }
        self.lengths.append(length)
        // Both streams have seen the bytes up to here, so the next range's cuts here too when nothing is pending.
        if self.position >= self.range.upperBound, self.next.pending == 0 { self.meeting = self.position }
        return scan
    }

    /// Ends the cutting, once ``isDone``.
    ///
    /// - Returns: the length of the chunk that the end of the file ends, if one does.
    public mutating func finish() -> Int? {
        precondition(self.isDone, "a cutter that is not done wants bytes")
        guard self.meeting == nil, self.position == self.fileSize else { return nil }
        self.meeting = self.fileSize
        let length = self.own.finish()
        if let length { self.lengths.append(length) }
        return length
    }

    /// What was cut, after ``finish()``.
    public var cuts: CutList {
        CutList(start: self.range.lowerBound, lengths: self.lengths, meeting: self.meeting)
    }
}

extension RangeCutter {
    /// Splits a file into ranges that are worth cutting apart.
    ///
    /// All but the last are equally long, a multiple of the maximum chunk so that zeros are cut alike, and at least
    /// as long as a cutter may read past its range.
    ///
    /// - Parameter count: at least 1; short files get fewer ranges, empty ones none.
    public static func split(_ fileSize: Int64, into count: Int, _ sizes: ChunkSizes) -> [Range<Int64>] {
        precondition(count >= 1, "a file is split into one range at least")
        let maximum = Int64(sizes.maximum)
        let share = (fileSize + Int64(count) - 1) / Int64(count)
        let length = max(self.reach, (share + maximum - 1) / maximum) * maximum
        return stride(from: 0, to: fileSize, by: Int(length)).map { $0..<min(fileSize, $0 + length) }
    }
}
