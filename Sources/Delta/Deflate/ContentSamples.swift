/// Words of some content, chosen by their hash, to tell quickly whether other content has much in common with it.
struct ContentSamples: Sendable {
    private var bits = [UInt64](repeating: 0, count: 1 << (Self.tableBits - 6))
    private static let tableBits = 24
    /// One word in 32.
    private static let rarity: UInt64 = 5
    /// The share of samples that must be known: one in so many.
    private static let leastShare = 6
    private static let leastKnown = 2

    mutating func add(_ content: [UInt8]) {
        Self.forEach(content) { place in self.bits[place >> 6] |= 1 << UInt64(place & 63) }
    }

    func resemble(_ content: [UInt8]) -> Bool {
        var samples = 0
        var known = 0
        Self.forEach(content) { place in
            samples += 1
            if self.bits[place >> 6] >> UInt64(place & 63) & 1 == 1 { known += 1 }
        }
        return known >= Self.leastKnown && known * Self.leastShare >= samples
    }

    private static func forEach(_ content: [UInt8], _ body: (Int) -> Void) {
        unsafe content.withUnsafeBufferPointer { buffer in
            let bytes = unsafe ByteView(buffer)
            var last: UInt64 = 0
            var index = 0
            while index + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.word(at: index))
                index += 1
                let hash = word &* 0x9E37_79B9_7F4A_7C15
                // A byte repeated is everywhere; so is what comes again and again.
                guard hash >> (64 - self.rarity) == 0, hash != last, word != word >> 8 | word << 56 else { continue }
                last = hash
                body(Int(hash >> (64 - self.rarity - UInt64(self.tableBits)) & (1 << UInt64(self.tableBits) - 1)))
            }
        }
    }
}
