/// Where the contexts of a ``DifferenceModel`` lie in its one run of words.
enum ModelLayout {
    static let number = BitModels<RangeEncoder>.numberContexts
    static let count = 0
    static let gap = Self.count + Self.number
    static let length = Self.gap + 2 * Self.number
    static let change = Self.length + 2 * Self.number
    static let sign = Self.change + Self.number
    static let recent = Self.sign + 1
    static let zeroRun = Self.recent + 16
    static let run = Self.zeroRun + 5 * 4 * 3
    static let guess = Self.run + 4 * 12 * Self.number
    static let value = Self.guess + 7 * 16 * 4
    /// The nodes of a byte: those of its first hexadecimal digit, then for each digit those of its second.
    static let byteContexts = 17 * 16
    /// Four kinds of context with 256 values each.
    static let valueBlock = 4 * 256 * Self.byteContexts
    static let contexts = Self.value + 3 * Self.valueBlock
    /// Behind the contexts stand the address map, the mixing weights, the tables of ``Mixing``, and what ARM64 registers
    /// hold.
    static let weights = Self.contexts + AddressMap.size
    static let stretched = Self.weights + 4 * 256 * 3
    /// Two of their values to a word.
    static let squashed = Self.stretched + 4096 / 2
    static let pages = Self.squashed + 4096 / 2
    static let size = Self.pages + 32 * 3
}

/// The displacements used last, the newest first.
struct RecentDisplacements {
    static let count = 8

    private var values = [Int](repeating: 0, count: Self.count)

    var first: Int { self.values[0] }

    /// - Returns: ``count`` when it is not among them.
    func index(of displacement: Int) -> Int { self.values.firstIndex(of: displacement) ?? Self.count }

    mutating func use(_ index: Int) { self.values.insert(self.values.remove(at: index), at: 0) }

    mutating func add(_ displacement: Int) {
        self.values.removeLast()
        self.values.insert(displacement, at: 0)
    }
}
