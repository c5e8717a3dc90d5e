import Content

/// Where the members of a zip archive stand, by its central directory (APPNOTE 4.3.12, 4.3.16).
struct ArchiveMembers {
    struct Member {
        /// First byte of its local header.
        let offset: Int64
        /// Bytes once it is open.
        let openedLength: Int64
    }

    /// Ascending.
    let members: [Member]

    private static let endLength = 22
    private static let longestComment = 0xFFFF
    private static let entryLength = 46
    private static let longestDirectory: Int64 = 64 << 20

    /// - Returns: nil when it is no archive of the kind, which zip64 is not either.
    /// - Throws: as the source does.
    init?(of source: any ByteSource) throws {
        let tailLength = Int(min(source.size, Int64(Self.endLength + Self.longestComment)))
        guard tailLength >= Self.endLength else { return nil }
        let tail = try source.read(tailLength, at: source.size - Int64(tailLength))
        guard tail.count == tailLength, let end = Self.end(in: tail) else { return nil }
        let length = Int64(Self.number(tail, end + 12, 4))
        let declared = Int64(Self.number(tail, end + 16, 4))
        let start = source.size - Int64(tailLength - end) - length
        guard length > 0, length <= Self.longestDirectory, start >= 0, declared <= start else { return nil }
        let directory = try source.read(Int(length), at: start)
        guard directory.count == length else { return nil }
        // Something may stand before the archive that its offsets do not count.
        self.members = Self.members(directory, shift: start - declared, before: start)
        guard !self.members.isEmpty else { return nil }
    }

    private static func end(in tail: [UInt8]) -> Int? {
        var index = tail.count - self.endLength
        while index >= 0 {
            if self.number(tail, index, 4) == 0x0605_4B50,
                index + self.endLength + self.number(tail, index + 20, 2) == tail.count
            {
                return index
            }
            index -= 1
        }
        return nil
    }

    private static func members(_ directory: [UInt8], shift: Int64, before end: Int64) -> [Member] {
        var members: [Member] = []
        var index = 0
        while index + self.entryLength <= directory.count, self.number(directory, index, 4) == 0x0201_4B50 {
            let offset = Int64(self.number(directory, index + 42, 4)) + shift
            if offset < end {
                members.append(Member(offset: offset, openedLength: Int64(self.number(directory, index + 24, 4))))
            }
            index += self.entryLength + [28, 30, 32].reduce(0) { $0 + self.number(directory, index + $1, 2) }
        }
        return members.sorted { $0.offset < $1.offset }
    }

    private static func number(_ bytes: [UInt8], _ index: Int, _ count: Int) -> Int {
        (0..<count).reduce(0) { $0 | Int(bytes[index + $1]) << (8 * $1) }
    }

    /// Where to cut the archive so that no member is in two pieces, unless it is larger than a piece may be.
    ///
    /// - Parameters:
    ///   - size: bytes of the archive.
    ///   - most: bytes of a piece, as it is and once it is open.
    func cuts(size: Int64, most: (closed: Int64, opened: Int64)) -> [Int64] {
        var cuts: [Int64] = []
        var start: Int64 = 0
        var opened: Int64 = 0
        func cut(at offset: Int64) {
            cuts.append(offset)
            start = offset
            opened = 0
        }
        func keep(to end: Int64) { while end - start > most.closed { cut(at: start + most.closed) } }
        for (number, member) in self.members.enumerated() {
            let end = number + 1 < self.members.count ? self.members[number + 1].offset : size
            if opened + member.openedLength > most.opened || end - start > most.closed {
                keep(to: member.offset)
                if member.offset > start { cut(at: member.offset) }
            }
            opened += max(member.openedLength, end - member.offset)
            keep(to: end)
        }
        return cuts
    }
}
