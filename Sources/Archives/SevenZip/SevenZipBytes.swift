/// Reads the numbers a 7z header is made of (7zFormat.txt of the LZMA SDK).
struct SevenZipBytes {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var remaining: Int { self.bytes.count - self.position }

    mutating func byte() throws(ArchiveError) -> UInt8 {
        guard self.remaining > 0 else { throw Self.malformed }
        defer { self.position += 1 }
        return self.bytes[self.position]
    }

    mutating func bytes(_ count: Int) throws(ArchiveError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= self.remaining else { throw Self.malformed }
        defer { self.position += count }
        return self.bytes[self.position..<self.position + count]
    }

    /// A number: the leading ones of the first byte count the little-endian bytes that follow.
    mutating func number() throws(ArchiveError) -> Int64 {
        let first = try self.byte()
        let more = (~first).leadingZeroBitCount
        var value: UInt64 = 0
        for index in 0..<more { value |= UInt64(try self.byte()) << UInt64(8 * index) }
        // What the ones and the zero after them leave of the first byte is the highest part.
        if more < 7 { value |= UInt64(first & (0x7F >> UInt8(more))) << UInt64(8 * more) }
        guard let number = Int64(exactly: value) else { throw Self.malformed }
        return number
    }

    /// A number of things each of which takes some of the bytes that are left, or nothing if `isFree`.
    mutating func count(atMost limit: Int) throws(ArchiveError) -> Int {
        let value = try self.number()
        guard value <= Int64(limit) else { throw Self.malformed }
        return Int(value)
    }

    mutating func bits(_ count: Int) throws(ArchiveError) -> [Bool] {
        let packed = try self.bytes((count + 7) / 8)
        return (0..<count).map { packed[packed.startIndex + $0 / 8] & (0x80 >> UInt8($0 % 8)) != 0 }
    }

    /// Bits that may be left out when all are set.
    mutating func optionalBits(_ count: Int) throws(ArchiveError) -> [Bool] {
        try self.byte() != 0 ? [Bool](repeating: true, count: count) : self.bits(count)
    }

    static let malformed = ArchiveError.corrupt("malformed 7z header")
}
