/// Gathers the symbols of a block and writes them as zlib does (`trees.c`).
struct DeflateBlock {
    /// Length less three above 16 bits of distance; a literal has distance 0.
    private var symbols: [UInt32] = []
    private var lengthCounts = [Int](repeating: 0, count: DeflateCodes.lengths)
    private var distanceCounts = [Int](repeating: 0, count: DeflateCodes.distances)
    private(set) var matches = 0
    private(set) var output: [UInt8] = []
    private var held: UInt64 = 0
    private var heldBits = 0

    var count: Int { self.symbols.count }

    init() { self.restart() }

    private mutating func restart() {
        self.symbols.removeAll(keepingCapacity: true)
        for symbol in 0..<DeflateCodes.lengths { self.lengthCounts[symbol] = 0 }
        for symbol in 0..<DeflateCodes.distances { self.distanceCounts[symbol] = 0 }
        self.lengthCounts[DeflateCodes.endOfBlock] = 1
        self.matches = 0
    }

    @inline(__always) mutating func add(literal: UInt8) {
        self.symbols.append(UInt32(literal) << 16)
        self.lengthCounts[Int(literal)] += 1
    }

    @inline(__always) mutating func add(length: Int, distance: Int) {
        self.symbols.append(UInt32(length - 3) << 16 | UInt32(distance))
        self.lengthCounts[DeflateCodes.endOfBlock + 1 + DeflateCodes.lengthCode[length - 3]] += 1
        self.distanceCounts[DeflateCodes.distanceCode(distance)] += 1
        self.matches += 1
    }

    /// Whether Info-ZIP would end the block here, `length` bytes of content after its beginning.
    func doesWell(length: Int) -> Bool {
        guard self.symbols.count & 0xFFF == 0 else { return false }
        var bits = self.symbols.count * 8
        for code in 0..<DeflateCodes.distances {
            bits += self.distanceCounts[code] * (5 + DeflateCodes.distanceExtra[code])
        }
        return self.matches < self.symbols.count / 2 && bits >> 3 < length / 2
    }

    /// Writes what was gathered and begins the next block.
    ///
    /// - Parameter content: the bytes of the block, unless they cannot be stored as they are.
    mutating func end(_ content: ByteView?, from start: Int, length: Int, isLast: Bool) {
        let lengths = DeflateTree(
            self.lengthCounts, longest: 15,
            extra: { $0 > DeflateCodes.endOfBlock ? DeflateCodes.lengthExtra[$0 - DeflateCodes.endOfBlock - 1] : 0 },
            fixed: DeflateCodes.fixedLengths)
        let distances = DeflateTree(
            self.distanceCounts, longest: 15, extra: { DeflateCodes.distanceExtra[$0] },
            fixed: [Int](repeating: 5, count: DeflateCodes.distances))
        let description = CodeDescription(lengths, distances)
        let fixed = (lengths.fixedCost + distances.fixedCost + 3 + 7) >> 3
        let own = (lengths.cost + distances.cost + description.cost + 3 + 7) >> 3
        let last = isLast ? 1 : 0
        if let content, length + 4 <= min(own, fixed), length <= 0xFFFF {
            self.write(last, 3)
            self.fillByte()
            self.write(length, 16)
            self.write(length ^ 0xFFFF, 16)
            self.fillByte()
            for index in start..<start + length { self.output.append(content[index]) }
        } else if fixed <= own {
            self.write(2 | last, 3)
            self.writeSymbols(
                DeflateCodes.fixedLengths, DeflateTree.codes(for: DeflateCodes.fixedLengths),
                [Int](repeating: 5, count: 30), DeflateTree.codes(for: [Int](repeating: 5, count: 30)))
        } else {
            self.write(4 | last, 3)
            description.forEachPart { value, bits in self.write(value, bits) }
            self.writeSymbols(lengths.lengths, lengths.codes, distances.lengths, distances.codes)
        }
        if isLast { self.fillByte() }
        self.restart()
    }

    private mutating func writeSymbols(
        _ lengths: [Int], _ codes: [Int], _ distanceLengths: [Int], _ distanceCodes: [Int]
    ) {
        for symbol in self.symbols {
            let value = Int(symbol >> 16)
            let distance = Int(symbol & 0xFFFF)
            guard distance > 0 else {
                self.write(codes[value], lengths[value])
                continue
            }
            let code = DeflateCodes.lengthCode[value]
            self.write(codes[code + 257], lengths[code + 257])
            self.write(value + 3 - DeflateCodes.lengthBase[code], DeflateCodes.lengthExtra[code])
            let place = DeflateCodes.distanceCode(distance)
            self.write(distanceCodes[place], distanceLengths[place])
            self.write(distance - DeflateCodes.distanceBase[place], DeflateCodes.distanceExtra[place])
        }
        self.write(codes[DeflateCodes.endOfBlock], lengths[DeflateCodes.endOfBlock])
    }

    @inline(__always) private mutating func write(_ value: Int, _ bits: Int) {
        self.held |= UInt64(value) << UInt64(self.heldBits)
        self.heldBits += bits
        while self.heldBits >= 8 {
            self.output.append(UInt8(truncatingIfNeeded: self.held))
            self.held >>= 8
            self.heldBits -= 8
        }
    }

    private mutating func fillByte() {
        if self.heldBits > 0 { self.write(0, 8 - self.heldBits) }
    }

    /// Hands over what was written since the last time.
    mutating func takeOutput() -> [UInt8] {
        defer { self.output.removeAll(keepingCapacity: true) }
        return self.output
    }
}

/// The two codes of a block as they stand before it: run lengths of their lengths, coded themselves.
private struct CodeDescription {
    private var parts: [(symbol: Int, extra: Int)] = []
    private let lengths: DeflateTree
    private let distances: DeflateTree
    private let tree: DeflateTree
    private let used: Int

    private static func extraBits(_ symbol: Int) -> Int { symbol == 16 ? 2 : symbol == 17 ? 3 : symbol == 18 ? 7 : 0 }

    init(_ lengths: DeflateTree, _ distances: DeflateTree) {
        self.lengths = lengths
        self.distances = distances
        self.parts =
            Self.runs(Array(lengths.lengths[...lengths.lastSymbol]))
            + Self.runs(Array(distances.lengths[...distances.lastSymbol]))
        var counts = [Int](repeating: 0, count: 19)
        for part in self.parts { counts[part.symbol] += 1 }
        let tree = DeflateTree(counts, longest: 7, extra: Self.extraBits, fixed: [])
        self.tree = tree
        self.used = max(3, DeflateCodes.codeLengthOrder.lastIndex { tree.lengths[$0] > 0 } ?? 3) + 1
    }

    var cost: Int { self.tree.cost + 3 * self.used + 5 + 5 + 4 }

    func forEachPart(_ body: (Int, Int) -> Void) {
        body(self.lengths.lastSymbol + 1 - 257, 5)
        body(self.distances.lastSymbol, 5)
        body(self.used - 4, 4)
        for index in 0..<self.used { body(self.tree.lengths[DeflateCodes.codeLengthOrder[index]], 3) }
        for part in self.parts {
            body(self.tree.codes[part.symbol], self.tree.lengths[part.symbol])
            body(part.extra, Self.extraBits(part.symbol))
        }
    }

    /// Lengths in order, with repeats as zlib tells them.
    private static func runs(_ lengths: [Int]) -> [(symbol: Int, extra: Int)] {
        var parts: [(symbol: Int, extra: Int)] = []
        var last = -1
        var next = lengths[0]
        var count = 0
        var most = next == 0 ? 138 : 7
        var least = next == 0 ? 3 : 4
        for index in lengths.indices {
            let current = next
            next = index + 1 < lengths.count ? lengths[index + 1] : 0xFFFF
            count += 1
            if count < most, current == next { continue }
            if count < least {
                for _ in 0..<count { parts.append((current, 0)) }
            } else if current != 0 {
                if current != last {
                    parts.append((current, 0))
                    count -= 1
                }
                parts.append((16, count - 3))
            } else if count <= 10 {
                parts.append((17, count - 3))
            } else {
                parts.append((18, count - 11))
            }
            count = 0
            last = current
            if next == 0 {
                (most, least) = (138, 3)
            } else if current == next {
                (most, least) = (6, 3)
            } else {
                (most, least) = (7, 4)
            }
        }
        return parts
    }
}
