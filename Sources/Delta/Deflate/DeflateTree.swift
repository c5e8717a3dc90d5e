/// A Huffman code for one block, made as zlib's `trees.c` makes it, ties and all: another code would be as good, but not
/// the same bytes.
struct DeflateTree {
    private(set) var lengths: [Int]
    private(set) var codes: [Int]
    /// The last symbol that has a code.
    private(set) var lastSymbol = -1
    /// Bits that the block's symbols take by this code, with their extra bits.
    private(set) var cost = 0
    /// The same by the fixed code.
    private(set) var fixedCost = 0

    /// - Parameters:
    ///   - counts: how often each symbol stands in the block.
    ///   - extra: bits behind a symbol.
    ///   - fixed: lengths of the fixed code, empty when there is none.
    init(_ counts: [Int], longest: Int, extra: (Int) -> Int, fixed: [Int]) {
        let symbols = counts.count
        var counts = counts + [Int](repeating: 0, count: symbols + 1)
        var depths = [Int](repeating: 0, count: 2 * symbols + 1)
        var heap: [Int] = [0]
        for symbol in 0..<symbols where counts[symbol] > 0 {
            heap.append(symbol)
            self.lastSymbol = symbol
        }
        self.lengths = [Int](repeating: 0, count: 2 * symbols + 1)
        self.codes = [Int](repeating: 0, count: symbols)
        // A code of one symbol would have no bits at all.
        while heap.count - 1 < 2 {
            let symbol = self.lastSymbol < 2 ? self.lastSymbol + 1 : 0
            if self.lastSymbol < 2 { self.lastSymbol = symbol }
            heap.append(symbol)
            counts[symbol] = 1
            self.cost -= 1
            if !fixed.isEmpty { self.fixedCost -= fixed[symbol] }
        }
        var parents = [Int](repeating: 0, count: 2 * symbols + 1)
        let order = Self.join(&heap, &counts, &depths, &parents, firstNode: symbols)
        self.setLengths(order, counts, parents, longest: longest, extra: extra, fixed: fixed)
        self.setCodes(symbols)
    }

    /// Joins the two rarest nodes until one is left.
    ///
    /// - Returns: all nodes, the root first.
    private static func join(
        _ heap: inout [Int], _ counts: inout [Int], _ depths: inout [Int], _ parents: inout [Int], firstNode: Int
    ) -> [Int] {
        func isSmaller(_ left: Int, _ right: Int) -> Bool {
            counts[left] < counts[right] || counts[left] == counts[right] && depths[left] <= depths[right]
        }
        func sink(_ start: Int) {
            let node = heap[start]
            var place = start
            var child = place << 1
            while child < heap.count {
                if child + 1 < heap.count, isSmaller(heap[child + 1], heap[child]) { child += 1 }
                if isSmaller(node, heap[child]) { break }
                heap[place] = heap[child]
                place = child
                child <<= 1
            }
            heap[place] = node
        }
        for place in stride(from: (heap.count - 1) / 2, through: 1, by: -1) { sink(place) }
        var order: [Int] = []
        var node = firstNode
        while heap.count - 1 >= 2 {
            let least = heap[1]
            heap[1] = heap[heap.count - 1]
            heap.removeLast()
            sink(1)
            let next = heap[1]
            order.append(least)
            order.append(next)
            counts[node] = counts[least] + counts[next]
            depths[node] = max(depths[least], depths[next]) + 1
            parents[least] = node
            parents[next] = node
            heap[1] = node
            node += 1
            sink(1)
        }
        order.append(heap[1])
        return order.reversed()
    }

    private mutating func setLengths(
        _ order: [Int], _ counts: [Int], _ parents: [Int], longest: Int, extra: (Int) -> Int, fixed: [Int]
    ) {
        var ofLength = [Int](repeating: 0, count: longest + 2)
        var overflow = 0
        for node in order.dropFirst() {
            var bits = self.lengths[parents[node]] + 1
            if bits > longest {
                bits = longest
                overflow += 1
            }
            self.lengths[node] = bits
            guard node <= self.lastSymbol else { continue }
            ofLength[bits] += 1
            self.cost += counts[node] * (bits + extra(node))
            if !fixed.isEmpty { self.fixedCost += counts[node] * (fixed[node] + extra(node)) }
        }
        guard overflow > 0 else { return }
        while overflow > 0 {
            var bits = longest - 1
            while ofLength[bits] == 0 { bits -= 1 }
            ofLength[bits] -= 1
            ofLength[bits + 1] += 2
            ofLength[longest] -= 1
            overflow -= 2
        }
        var place = order.count
        for bits in stride(from: longest, to: 0, by: -1) {
            var left = ofLength[bits]
            while left > 0 {
                place -= 1
                let node = order[place]
                guard node <= self.lastSymbol else { continue }
                self.cost += (bits - self.lengths[node]) * counts[node]
                self.lengths[node] = bits
                left -= 1
            }
        }
    }

    /// Codes are kept with their first bit lowest, as a stream has them.
    private mutating func setCodes(_ symbols: Int) {
        // Lengths of inner nodes are of no use any more.
        self.lengths.removeLast(self.lengths.count - symbols)
        self.codes = Self.codes(for: self.lengths)
    }

    /// The codes that RFC 1951 §3.2.2 gives to lengths.
    static func codes(for lengths: [Int]) -> [Int] {
        var next = [Int](repeating: 0, count: 17)
        for length in lengths where length > 0 { next[length + 1] += 1 }
        for length in 1...16 { next[length] = (next[length] + next[length - 1]) << (length < 16 ? 1 : 0) }
        // `next[length]` is now the first code of that length.
        return lengths.map { length in
            guard length > 0 else { return 0 }
            defer { next[length] += 1 }
            var code = 0
            for bit in 0..<length where next[length] >> bit & 1 == 1 { code |= 1 << (length - 1 - bit) }
            return code
        }
    }
}
