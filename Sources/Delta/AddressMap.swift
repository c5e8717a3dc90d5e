/// What an address of the old version has become in the new one, learnt from references that were seen to change.
@safe struct AddressMap {
    private static let exactBits = 16
    private static let pageBits = 12

    private let words: WordView

    /// Words it takes.
    static let size = 2 << exactBits + 2 << pageBits

    init(_ words: WordView) {
        self.words = words
        words.fill(0..<words.count, with: Int32.min)
    }

    enum Source: Int {
        case none = 0
        case exact = 1
        case page = 2
        case cover = 3
    }

    @inline(__always) private static func slot(_ address: Int, _ bits: Int) -> Int {
        Int((UInt64(UInt32(truncatingIfNeeded: address)) &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - bits))
    }

    /// How far the target at `address` moved.
    @inline(__always) func change(of address: Int) -> (source: Source, change: Int) {
        let exact = Self.slot(address, Self.exactBits) * 2
        if self.words[exact] == Int32(truncatingIfNeeded: address) { return (.exact, Int(self.words[exact + 1])) }
        let page = address >> 9
        let near = 2 << Self.exactBits + Self.slot(page, Self.pageBits) * 2
        if self.words[near] == Int32(truncatingIfNeeded: page) { return (.page, Int(self.words[near + 1])) }
        return (.none, 0)
    }

    @inline(__always) func learn(_ address: Int, change: Int) {
        let exact = Self.slot(address, Self.exactBits) * 2
        self.words[exact] = Int32(truncatingIfNeeded: address)
        self.words[exact + 1] = Int32(truncatingIfNeeded: change)
        let page = address >> 9
        let near = 2 << Self.exactBits + Self.slot(page, Self.pageBits) * 2
        self.words[near] = Int32(truncatingIfNeeded: page)
        self.words[near + 1] = Int32(truncatingIfNeeded: change)
    }
}
