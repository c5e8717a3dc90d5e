/// Where the parts of a ``DifferenceModel`` lie in its memory.
enum ModelLayout {
    /// Rows of learnt odds, see ``DigitView``.
    enum Rows {
        private static let number = DigitModels<DigitEncoder>.numberRows
        private static let byte = DigitModels<DigitEncoder>.byteRows

        // Covers.
        static let count = 0
        static let gap = Self.count + number
        static let length = Self.gap + 2 * number
        static let change = Self.length + 2 * number
        static let recent = Self.change + number

        // Runs: four kinds of context, then what follows large ones.
        static let runAfter = Self.recent + 1
        static let runAt = Self.runAfter + 5 * 4 * 16
        static let runBetween = Self.runAt + 3 * 256
        static let runSecond = Self.runBetween + 4 * 256
        static let middleRun = Self.runSecond + 5 * 4 * 16
        static let longerRun = Self.middleRun + 5 * 4
        static let longestRun = Self.longerRun + 5 * 4 * 17

        // Values: four kinds of context with 1024 values each.
        static let value = Self.longestRun + number
        static let valueKind = 4 * 256 * byte

        // Weights of four contexts, four sets to a row.
        static let weights = Self.value + 4 * Self.valueKind
        static let runWeights = 4 * Self.weights
        static let valueWeights = Self.runWeights + 5
        static let weightSets = 5 + 4 * 2

        // Chances of a 0, sixteen to a row.
        static let bits = Self.weights + (Self.weightSets + 3) / 4
        static let guess = 16 * Self.bits
        static let guesses = 7 * 16 * 4 * 5

        static let end = Self.bits + (Self.guesses + 15) / 16
    }

    /// Words in front of the rows: what became of addresses, and what ARM64 registers hold.
    static let covers = AddressMap.size
    static let pages = Self.covers + CoverMap.size
    static let rows = Self.pages + 32 * 3
    static let size = Self.rows + DigitView.length(rows: Rows.end) / 4
}
