/// Writes literals as steps that a ``LiteralParse`` chooses.
@safe struct LiteralWriter {
    private typealias Model = LiteralModel<DigitEncoder>

    private let text: ByteView
    private let rows: DigitView
    private var coder = DigitEncoder()
    private var history = LiteralHistory()
    private var at = 0

    private init(_ text: ByteView, rows: DigitView) {
        self.text = text
        self.rows = rows
        Model.begin(rows)
    }

    /// - Parameters:
    ///   - rows: ``LiteralLayout/rows`` of them.
    ///   - window: of the ``MatchTree``.
    ///   - words: ``LiteralParse/words(_:window:)`` of them, all -1.
    static func write(_ text: ByteView, rows: DigitView, window: Int, words: WordView) -> [UInt8] {
        var writer = LiteralWriter(text, rows: rows)
        var parse = LiteralParse(text, rows: rows, window: window, words: words)
        while writer.at < text.count {
            parse.steps(from: writer.at, after: writer.history) { writer.write($0) }
        }
        return writer.coder.finish()
    }

    private mutating func write(_ step: LiteralStep) {
        let before =
            (self.at > 0 ? Int(self.text[self.at - 1]) : 0) | (self.at > 1 ? Int(self.text[self.at - 2]) << 8 : 0)
        let state = self.history.state
        let contexts = LiteralContexts.match(state: state, before: before, position: self.at)
        if step.how == LiteralStep.byte {
            _ = Model.isMatch(0, contexts, &self.coder, self.rows)
            let last = self.history.distances.0
            let beside = last <= self.at ? Int(self.text[self.at - last]) : 0
            _ = Model.byte(
                Int(self.text[self.at]), before: before, beside: beside, run: state & 3, &self.coder, self.rows)
        } else {
            _ = Model.isMatch(1, contexts, &self.coder, self.rows)
            let kind = LiteralStep.kind(step.how, step.length)
            _ = Model.kind(kind, state: state, &self.coder, self.rows)
            if let lengths = LiteralStep.lengths(ofKind: kind) {
                _ = Model.length(step.length - lengths.least, lengths.group, &self.coder, self.rows)
            }
            if step.how > 4 {
                _ = Model.distance(
                    step.distance, LiteralStep.distanceClass(step.length), &self.coder, self.rows)
            }
        }
        self.history.learn(step)
        self.at += step.length
    }
}
