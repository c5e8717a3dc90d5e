/// Small pieces of an input, read in larger ones.
struct InputWindow {
    private let input: any ArchiveInput
    private let width: Int
    private var start: Int64 = 0
    private(set) var bytes: [UInt8] = []

    /// - Parameter width: bytes read ahead.
    init(_ input: any ArchiveInput, width: Int) {
        self.input = input
        self.width = width
    }

    /// Brings a piece into the window.
    ///
    /// - Returns: where in ``bytes`` the piece begins.
    /// - Throws: truncated, when the input ends before the piece does.
    mutating func find(_ count: Int, at offset: Int64) throws(ArchiveError) -> Int {
        if offset >= self.start, offset + Int64(count) <= self.start + Int64(self.bytes.count) {
            return Int(offset - self.start)
        }
        guard offset >= 0, offset <= self.input.size, Int64(count) <= self.input.size - offset else {
            throw .truncated(offset: offset)
        }
        self.bytes = try self.input.bytes(max(count, self.width), at: offset)
        self.start = offset
        guard self.bytes.count >= count else { throw .truncated(offset: offset) }
        return 0
    }
}

extension [UInt8] {
    /// A little-endian number; the caller has checked that it lies within.
    func little16(_ index: Int) -> UInt16 { UInt16(self[index]) | UInt16(self[index + 1]) << 8 }

    func little32(_ index: Int) -> UInt32 { UInt32(self.little16(index)) | UInt32(self.little16(index + 2)) << 16 }

    func little64(_ index: Int) -> UInt64 { UInt64(self.little32(index)) | UInt64(self.little32(index + 4)) << 32 }
}
