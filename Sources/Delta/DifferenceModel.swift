/// The model that codes a difference: covers, how far the old bytes foretell the new ones, and what stands instead.
///
/// Reads and writes with the same code (``BitCoder``). Executables are the reason for its second half: when code moves,
/// every reference across the move changes, so operands are foretold from what became of their targets, the way
/// Courgette and Zucchini (Chromium) do, but without taking the file apart: each target is learnt when first met.
@safe struct DifferenceModel<Coder: BitCoder> {
    var models: BitModels<Coder>
    static var isEncoder: Bool { Coder.isEncoder }
    /// Which references are foretold.
    let references: ReferenceKind
    let old: ByteView
    /// Complete when coding; filled from first to last when decoding.
    let new: MutableByteView
    let map: AddressMap
    /// For each ARM64 register, the old and the new page it was given, and the old position of that.
    let pages: WordView
    let weights: WordView
    let stretched: HalfView
    let squashed: HalfView

    // What the contexts are made of.
    var streak = 0
    var run = 0
    var lastRunDigits = 0
    var lastAlignment = 0
    var lastDifference: UInt8 = 0
    var firstDifference: UInt8 = 0
    var left = 0
    var confidence: SIMD8<Int8> = [0, 0, -4, -4, -4, -4, 0, 0]
    /// For each kind of guess, a byte whose bits tell when it was right, the last time in the lowest.
    var history: UInt64 = 0
    var lastFieldChange: UInt32 = 0
    /// Of use for ARM64 alone.
    var covers = CoverMap()

    init(
        _ coder: Coder, references: ReferenceKind, old: ByteView, new: MutableByteView, words: WordView
    ) {
        self.references = references
        self.old = old
        self.new = new
        self.models = BitModels(coder, words: words.part(0..<ModelLayout.contexts))
        self.map = AddressMap(words.part(ModelLayout.contexts..<ModelLayout.contexts + AddressMap.size))
        self.weights = words.part(ModelLayout.weights..<ModelLayout.stretched)
        self.stretched = words.part(ModelLayout.stretched..<ModelLayout.squashed).halves
        self.squashed = words.part(ModelLayout.squashed..<ModelLayout.pages).halves
        self.pages = words.part(ModelLayout.pages..<ModelLayout.size)
        self.pages.fill(0..<self.pages.count, with: Int32.min)
        // Static tables are checked for being there at each use; copies are not.
        for (index, value) in Mixing.stretched.enumerated() { self.stretched[index] = value }
        for (index, value) in Mixing.squashed.enumerated() { self.squashed[index] = value }
        self.weights.fill(0..<self.weights.count, with: 26 << 10)
    }
}
