/// Two rows of odds for a digit of a byte, and the weight of the second.
struct LiteralContexts {
    let after: Int
    let beside: Int
    let weight: Int

    /// For the higher digit. It waits for no lower one of the byte before, which is decoded at the same time.
    ///
    /// - Parameters: as of ``LiteralModel/byte(_:before:beside:run:)``.
    @inline(__always) static func high(before: Int, beside: Int, run: Int) -> LiteralContexts {
        LiteralContexts(
            after: LiteralLayout.highAfter &+ (before &>> 4 & 15 | before &>> 8 & 0xF0),
            beside: LiteralLayout.highBeside &+ (run == 0 ? 256 | beside : beside),
            weight: LiteralLayout.highWeights &+ run)
    }

    /// For the lower digit of a byte whose higher one is `high`.
    @inline(__always) static func low(before: Int, beside: Int, run: Int, high: Int) -> LiteralContexts {
        let isAlike = beside &>> 4 == high
        return LiteralContexts(
            after: LiteralLayout.lowAfter &+ ((before & 0xFF) &<< 4 | high),
            beside: LiteralLayout.lowBeside &+ ((isAlike ? beside : 256 | high) | (run == 0 ? 512 : 0)),
            weight: LiteralLayout.lowWeights &+ run &* 2 &+ (isAlike ? 1 : 0))
    }

    /// Two cells with the chance that no match comes.
    @inline(__always) static func match(state: Int, before: Int, position: Int) -> (Int, Int) {
        (
            LiteralLayout.matchAt &+ state &* 4 &+ position & 3,
            LiteralLayout.matchAfter &+ min(state & 3, 2) &* 256 &+ before & 0xFF
        )
    }
}
