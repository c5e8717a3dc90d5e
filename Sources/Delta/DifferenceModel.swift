/// The model that codes a difference: covers, how far the old bytes foretell the new ones, and what stands instead.
///
/// Reads and writes with the same code (``DigitCoder``). Executables are the reason for its second half: when code moves,
/// every reference across the move changes, so operands are foretold from what became of their targets, the way
/// Courgette and Zucchini (Chromium) do, but without taking the file apart: each target is learnt when first met.
@safe struct DifferenceModel<Coder: DigitCoder> {
    var models: DigitModels<Coder>
    static var isEncoder: Bool { Coder.isEncoder }
    /// Which references are foretold.
    let references: ReferenceKind
    let old: ByteView
    /// Complete when coding; filled from first to last when decoding.
    let new: MutableByteView
    let map: AddressMap
    let covers: CoverMap
    /// For each ARM64 register, the old and the new page it was given, and the old position of that.
    let pages: WordView

    // What the contexts are made of.
    var streak = 0
    var run = 0
    /// The last two that were not 0, as ``RunDigit``s.
    var runs = (last: 0, second: 0)
    var lastAlignment = 0
    /// The old bytes where a run begins.
    var runBytes: (UInt8, UInt8) = (0, 0)
    var lastDifference: UInt8 = 0
    var firstDifference: UInt8 = 0
    var left = 0
    var confidence: SIMD16<Int8> = [0, 0, 0, 0, 0, -4, -4, -4, 0, -4, -4, -4, 0, 0, 0, 0]
    /// How much oftener covers were right about addresses than neighbours were.
    var coverLead = SIMD4<Int8>()
    /// For each kind of guess, a byte whose bits tell when it was right, the last time in the lowest.
    var history: UInt64 = 0
    var lastFieldChange: UInt32 = 0
    /// Where the last field begins that no guess was right about.
    var failedField = -1

    init(
        _ coder: Coder, references: ReferenceKind, old: ByteView, new: MutableByteView, words: WordView
    ) {
        self.references = references
        self.old = old
        self.new = new
        self.map = AddressMap(words.part(0..<ModelLayout.covers))
        self.covers = CoverMap(words.part(ModelLayout.covers..<ModelLayout.pages))
        self.pages = words.part(ModelLayout.pages..<ModelLayout.rows)
        self.pages.fill(0..<self.pages.count, with: Int32.min)
        self.models = DigitModels(coder, rows: words.part(ModelLayout.rows..<ModelLayout.size).rows)
        self.models.setWeights(
            ModelLayout.Rows.runWeights..<ModelLayout.Rows.runWeights + ModelLayout.Rows.weightSets)
        self.models.setBits(ModelLayout.Rows.guess..<ModelLayout.Rows.guess + ModelLayout.Rows.guesses)
    }
}
