/// A deflate stream where it stands among other bytes: in one run, or cut into the chunks of an image (PNG 11.2.4).
struct CarriedStream {
    /// Where what belongs to it begins: its header, for an image with the length in front.
    let header: Int
    /// First byte of the stream.
    let start: Int
    /// Past the last one, with all that is between its chunks.
    let end: Int
    /// Bytes of each chunk but the last; 0 for one run.
    let chunk: Int
    /// The stream without what is between its chunks.
    let stream: [UInt8]
    let content: [UInt8]
    let traits: StreamTraits

    /// Bytes in front of an image chunk's type: its length.
    static let imageLength = 4
    /// With what belongs to it.
    var range: Range<Int> { self.header..<self.end }

    /// Of a zip member, as its header has it (APPNOTE 4.3.7); empty for anything else.
    static func name(in bytes: ByteView, header: Int) -> [UInt8] {
        guard bytes.word32(at: header) == 0x0403_4B50 else { return [] }
        let length = Int(bytes[header + 26]) | Int(bytes[header + 27]) << 8
        var name: [UInt8] = []
        bytes.append(header + 30..<min(header + 30 + length, bytes.count), to: &name)
        return name
    }

    /// Check, length and type between two chunks.
    private static let between = 12
    /// Of zlib, in the first chunk, before the stream, and after it.
    private static let zlibHeader = 2
    private static let zlibCheck = 4
    private static let type: UInt32 = 0x5441_4449
    /// Bytes of a shorter stream are as soon told.
    private static let least = 128
    static let largestChunk = 1 << 24
    static let leastChunk = 16

    /// - Parameters:
    ///   - header: with a stream at `start`, as ``StreamSearch/nextHeader()`` has it.
    ///   - taken: before this nothing belongs to it.
    ///   - limit: bytes of content at most.
    ///   - work: steps that may be taken; less what was.
    /// - Returns: nil when there is none, or a shorter one than is worth it, or a larger one.
    init?(in bytes: ByteView, header: Int, start: Int, after taken: Int, limit: Int, work: inout Int) {
        let isWhole = bytes.word32(at: header) == Self.type && header - Self.imageLength >= taken
        self.header = isWhole ? header - Self.imageLength : header
        self.start = start
        if isWhole, let chunk = Self.chunk(bytes, header) {
            let joined = Self.joined(bytes, header: header, chunk: chunk, work: &work)
            let found = unsafe joined.withUnsafeBufferPointer { buffer in
                unsafe Inflater.stream(in: ByteView(buffer), at: 0, limit: limit, work: &work)
            }
            guard let found, found.length >= Self.least else { return nil }
            self.stream = Array(joined[..<found.length])
            self.content = found.content
            self.traits = found.traits
            let isCut = found.length + Self.zlibHeader > chunk
            self.chunk = isCut ? chunk : 0
            guard isCut else {
                self.end = start + found.length
                return
            }
            let cut = Self.cut(self.stream, chunk: chunk, header: [bytes[start - 2], bytes[start - 1]])
            guard start + cut.count <= bytes.count,
                cut.indices.allSatisfy({ cut[$0] == bytes[start + $0] })
            else { return nil }
            self.end = start + cut.count
            return
        }
        guard let found = Inflater.stream(in: bytes, at: start, limit: limit, work: &work),
            found.length >= Self.least
        else { return nil }
        var stream: [UInt8] = []
        bytes.append(start..<start + found.length, to: &stream)
        self.stream = stream
        self.content = found.content
        self.traits = found.traits
        self.chunk = 0
        self.end = start + found.length
    }

    /// Bytes of the first chunk, if another follows.
    private static func chunk(_ bytes: ByteView, _ header: Int) -> Int? {
        let length = Int(bytes.word32(at: header - 4).byteSwapped)
        guard length >= self.leastChunk, length <= self.largestChunk, self.follows(bytes, header + 4 + length) else {
            return nil
        }
        return length
    }

    /// Whether another chunk of the image stands behind the check at `index`.
    private static func follows(_ bytes: ByteView, _ index: Int) -> Bool {
        index + self.between <= bytes.count && bytes.word32(at: index + 8) == self.type
    }

    /// What is in the chunks from that of `header` on, without zlib's header.
    private static func joined(_ bytes: ByteView, header: Int, chunk: Int, work: inout Int) -> [UInt8] {
        var joined: [UInt8] = []
        var start = header + 4 + self.zlibHeader
        var end = header + 4 + chunk
        while start < bytes.count, work > 0 {
            work -= self.between + end - start
            // The check behind the stream may have been left to a cover.
            bytes.append(start..<min(end, bytes.count), to: &joined)
            guard self.follows(bytes, end) else { break }
            start = end + self.between
            end = start + Int(bytes.word32(at: end + 4).byteSwapped)
        }
        return joined
    }

    /// Where the image data that begins at `header` ends by the account of its chunks.
    static func declaredEnd(_ bytes: ByteView, header: Int, work: inout Int) -> Int? {
        guard header >= self.imageLength else { return nil }
        var end = header + 4 + Int(bytes.word32(at: header - 4).byteSwapped)
        while end < bytes.count, self.follows(bytes, end) {
            work -= 1
            guard work > 0 else { return nil }
            end += self.between + Int(bytes.word32(at: end + 4).byteSwapped)
        }
        return end
    }

    /// The stream cut into chunks: check, length and type stand between them.
    ///
    /// - Parameter header: zlib's two bytes, which stand before the stream in the first chunk.
    static func cut(_ stream: [UInt8], chunk: Int, header: ArraySlice<UInt8>) -> [UInt8] {
        let table = Self.checkTable
        var cut: [UInt8] = []
        cut.reserveCapacity(stream.count + (stream.count / chunk + 1) * self.between)
        var left = self.zlibHeader + stream.count + self.zlibCheck - chunk
        var room = chunk - self.zlibHeader
        var check = Self.check(header, table, after: Self.check([0x49, 0x44, 0x41, 0x54], table))
        var taken = 0
        while stream.count - taken > room {
            let piece = stream[taken..<taken + room]
            cut.append(contentsOf: piece)
            check = Self.check(piece, table, after: check)
            taken += room
            room = chunk
            for number in [~check, UInt32(truncatingIfNeeded: min(chunk, left)), self.type.byteSwapped] {
                for shift: UInt32 in [24, 16, 8, 0] { cut.append(UInt8(truncatingIfNeeded: number >> shift)) }
            }
            left -= chunk
            check = Self.check([0x49, 0x44, 0x41, 0x54], table)
        }
        cut.append(contentsOf: stream[taken...])
        return cut
    }

    /// What ``cut(_:chunk:header:)`` was made of.
    static func joined(_ cut: ByteView, chunk: Int) -> [UInt8] {
        var joined: [UInt8] = []
        var start = 0
        var end = chunk - self.zlibHeader
        while end < cut.count {
            cut.append(start..<end, to: &joined)
            start = end + self.between
            end = start + chunk
        }
        if start < cut.count { cut.append(start..<cut.count, to: &joined) }
        return joined
    }

    /// CRC-32 of PNG, annex D, before its last complement.
    private static func check(
        _ bytes: ArraySlice<UInt8>, _ table: [UInt32], after before: UInt32 = .max
    ) -> UInt32 {
        bytes.reduce(before) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
    }

    private static let checkTable: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }
}
