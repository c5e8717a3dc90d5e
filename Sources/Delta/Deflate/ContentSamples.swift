/// Words of some contents, chosen by their hash, to tell quickly which of them other content resembles.
struct ContentSamples: Sendable {
    /// The content, plus one, that had the word of each place last.
    private var owners = [UInt16](repeating: 0, count: 1 << Self.tableBits)
    private static let tableBits: UInt64 = 22
    /// One word in 64.
    private static let rarity: UInt64 = 6
    /// Bits of a word: code of which every address moved still has words of five bytes in common.
    private static let wordBits: UInt64 = 40

    /// What a content has in common with those that were added.
    struct Likeness {
        /// Words that were looked at.
        var samples = 0
        /// How many of them any of the others has.
        var known = 0
        /// The one that has most of them, and how many.
        var best: (content: Int, known: Int)?
    }

    /// - Parameter number: of the content, below 2^16 - 1.
    mutating func add(_ content: [UInt8], number: Int) {
        Self.forEach(content) { place in self.owners[place] = UInt16(number + 1) }
    }

    func likeness(of content: [UInt8]) -> Likeness {
        var likeness = Likeness()
        var votes: [UInt16: Int] = [:]
        Self.forEach(content) { place in
            likeness.samples += 1
            let owner = self.owners[place]
            guard owner > 0 else { return }
            likeness.known += 1
            votes[owner, default: 0] += 1
        }
        // The first of equals, for the order of a dictionary is nobody's.
        if let best = votes.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) {
            likeness.best = (Int(best.key) - 1, best.value)
        }
        return likeness
    }

    private static func forEach(_ content: [UInt8], _ body: (Int) -> Void) {
        unsafe content.withUnsafeBufferPointer { buffer in
            let bytes = unsafe ByteView(buffer)
            var last: UInt64 = 0
            var index = 0
            while index + 8 <= bytes.count {
                let word = bytes.word(at: index) << (64 - self.wordBits)
                index += 1
                let hash = word &* 0x9E37_79B9_7F4A_7C15
                guard hash >> (64 - self.rarity) == 0, hash != last else { continue }
                last = hash
                // A byte repeated is everywhere; so is what comes again and again.
                guard word << 8 != word & (~0 << (72 - self.wordBits)) else { continue }
                body(Int(hash >> (64 - self.rarity - self.tableBits) & (1 << self.tableBits - 1)))
            }
        }
    }
}
