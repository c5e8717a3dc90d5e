/// Opens deflate streams (RFC 1951) that may be anything at all.
struct Inflater {
    private let bytes: ByteView
    private var offset: Int
    private let end: Int
    private var held: UInt64 = 0
    private var heldBits = 0
    /// Others may stand before the content.
    private var output: [UInt8]
    private let contentStart: Int
    private let limit: Int
    private var blocks = 0
    private var work: Int
    private var traits = StreamTraits()

    /// Bytes of content for each block, on average, at least, but for the first few: empty blocks are work for nothing.
    private static let leastBlock = 1 << 8
    private static let spareBlocks = 4

    private struct Malformed: Error {}

    /// A stream and what is in it.
    struct Stream {
        /// Bytes of the stream itself.
        let length: Int
        let content: [UInt8]
        let traits: StreamTraits
    }

    private init(_ bytes: ByteView, from start: Int, limit: Int, work: Int, output: [UInt8]) {
        self.bytes = bytes
        self.offset = start
        self.end = bytes.count
        self.output = output
        self.contentStart = output.count
        self.limit = output.count + min(limit, work)
        self.work = work
    }

    /// Reads one stream that begins at `start`.
    ///
    /// - Parameters:
    ///   - limit: bytes it may hold at most.
    ///   - work: bytes of content and entries of tables that may be made; less what was.
    /// - Returns: nil when there is none, or a larger one, or it took too much work.
    static func stream(in bytes: ByteView, at start: Int, limit: Int, work: inout Int) -> Stream? {
        var inflater = Inflater(bytes, from: start, limit: limit, work: work, output: [])
        defer { work = inflater.work - inflater.output.count }
        guard let length = inflater.length(from: start) else { return nil }
        return Stream(length: length, content: inflater.output, traits: inflater.traits)
    }

    /// Appends what is in the stream that fills all of `bytes`.
    ///
    /// - Parameter limit: bytes that may be appended at most.
    /// - Returns: whether it is one; if not, what was appended is of no use.
    static func append(_ bytes: ByteView, to output: inout [UInt8], limit: Int) -> Bool {
        var taken: [UInt8] = []
        swap(&taken, &output)
        // Blocks are few for the bytes of content, so that these are bound enough.
        var inflater = Inflater(bytes, from: 0, limit: limit, work: .max / 2, output: taken)
        taken = []
        let length = inflater.length(from: 0)
        swap(&inflater.output, &output)
        return length == bytes.count
    }

    /// Reads all blocks.
    ///
    /// - Returns: bytes of the stream; nil when it is none.
    private mutating func length(from start: Int) -> Int? {
        do {
            while try !self.block() {}
        } catch {
            return nil
        }
        // Whole bytes that were taken in advance are not of the stream.
        return self.offset - start - self.heldBits / 8
    }

    private mutating func bits(_ count: Int) throws(Malformed) -> Int {
        while self.heldBits < count {
            guard self.offset < self.end else { throw Malformed() }
            self.held |= UInt64(self.bytes[self.offset]) << UInt64(self.heldBits)
            self.offset += 1
            self.heldBits += 8
        }
        let value = Int(self.held & (1 << UInt64(count) - 1))
        self.held >>= UInt64(count)
        self.heldBits -= count
        return value
    }

    /// - Returns: whether it was the last one.
    private mutating func block() throws(Malformed) -> Bool {
        guard self.blocks <= Self.spareBlocks + (self.output.count - self.contentStart) / Self.leastBlock else {
            throw Malformed()
        }
        self.blocks += 1
        let isLast = try self.bits(1) == 1
        var symbols: Int?
        switch try self.bits(2) {
        case 0: try self.stored()
        case 1:
            symbols = try self.coded(
                HuffmanDecoder(DeflateCodes.fixedLengths), HuffmanDecoder([Int](repeating: 5, count: 30)))
        case 2:
            let (literals, distances) = try self.codes()
            symbols = try self.coded(literals, distances)
        default: throw Malformed()
        }
        if let symbols, !isLast { self.traits.add(block: symbols) }
        return isLast
    }

    private mutating func stored() throws(Malformed) {
        _ = try self.bits(self.heldBits % 8)
        let length = try self.bits(16)
        guard try self.bits(16) == length ^ 0xFFFF, self.output.count + length <= self.limit else { throw Malformed() }
        for _ in 0..<length { self.output.append(UInt8(try self.bits(8))) }
    }

    private mutating func codes() throws(Malformed) -> (HuffmanDecoder, HuffmanDecoder) {
        let literals = try self.bits(5) + 257
        let distances = try self.bits(5) + 1
        let codes = try self.bits(4) + 4
        guard literals <= DeflateCodes.lengths, distances <= DeflateCodes.distances else { throw Malformed() }
        var lengths = [Int](repeating: 0, count: 19)
        for index in 0..<codes { lengths[DeflateCodes.codeLengthOrder[index]] = try self.bits(3) }
        let decoder = HuffmanDecoder(lengths)
        var all: [Int] = []
        while all.count < literals + distances {
            switch try self.symbol(decoder) {
            case let length where length < 16: all.append(length)
            case 16:
                guard let last = all.last else { throw Malformed() }
                for _ in 0..<3 + (try self.bits(2)) { all.append(last) }
            case 17: for _ in 0..<3 + (try self.bits(3)) { all.append(0) }
            default: for _ in 0..<11 + (try self.bits(7)) { all.append(0) }
            }
        }
        guard all.count == literals + distances, all[DeflateCodes.endOfBlock] > 0 else { throw Malformed() }
        return (HuffmanDecoder(Array(all[..<literals])), HuffmanDecoder(Array(all[literals...])))
    }

    @inline(__always) private mutating func symbol(_ decoder: HuffmanDecoder) throws(Malformed) -> Int {
        while self.heldBits < 15, self.offset < self.end {
            self.held |= UInt64(self.bytes[self.offset]) << UInt64(self.heldBits)
            self.offset += 1
            self.heldBits += 8
        }
        let entry = decoder.table[Int(self.held & decoder.mask)]
        let length = Int(entry & 15)
        guard length > 0, length <= self.heldBits else { throw Malformed() }
        self.held >>= UInt64(length)
        self.heldBits -= length
        return Int(entry >> 4)
    }

    /// - Returns: symbols in the block, without the one that ends it.
    private mutating func coded(_ literals: HuffmanDecoder, _ distances: HuffmanDecoder) throws(Malformed) -> Int {
        self.work -= literals.table.count + distances.table.count
        guard self.work > 0 else { throw Malformed() }
        var symbols = 0
        while true {
            let symbol = try self.symbol(literals)
            if symbol < DeflateCodes.literals {
                guard self.output.count < self.limit else { throw Malformed() }
                self.output.append(UInt8(symbol))
                symbols += 1
                continue
            }
            if symbol == DeflateCodes.endOfBlock { return symbols }
            guard symbol < DeflateCodes.lengths else { throw Malformed() }
            let code = symbol - DeflateCodes.endOfBlock - 1
            let length = DeflateCodes.lengthBase[code] + (try self.bits(DeflateCodes.lengthExtra[code]))
            let place = try self.symbol(distances)
            guard place < DeflateCodes.distances else { throw Malformed() }
            let distance = DeflateCodes.distanceBase[place] + (try self.bits(DeflateCodes.distanceExtra[place]))
            guard distance <= self.output.count - self.contentStart, self.output.count + length <= self.limit else {
                throw Malformed()
            }
            for _ in 0..<length { self.output.append(self.output[self.output.count - distance]) }
            self.traits.add(match: length)
            symbols += 1
        }
    }
}

/// Symbols by the next bits of a stream, as many as the longest code has.
private struct HuffmanDecoder {
    /// Symbol above four bits of its length; 0 where no code is.
    private(set) var table: [UInt16]
    let mask: UInt64

    /// A code that is too full keeps the first of its symbols; what is decoded then is checked as anything else is.
    init(_ lengths: [Int]) {
        let longest = max(lengths.max() ?? 0, 1)
        let size = 1 << longest
        self.table = [UInt16](repeating: 0, count: size)
        self.mask = UInt64(size - 1)
        var code = 0
        for length in 1...longest {
            for (symbol, own) in lengths.enumerated() where own == length {
                guard code < 1 << length else { return }
                var place = 0
                for bit in 0..<length where code >> bit & 1 == 1 { place |= 1 << (length - 1 - bit) }
                while place < size {
                    self.table[place] = UInt16(symbol << 4 | length)
                    place += 1 << length
                }
                code += 1
            }
            code <<= 1
        }
    }
}
