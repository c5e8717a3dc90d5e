/// How many predictions hold.
extension DifferenceModel {
    /// Runs below this are told by one digit; the three above it tell what follows.
    private static var oneDigit: Int { 13 }
    /// Runs below this take one more digit.
    private static var twoDigits: Int { Self.oneDigit + 16 }
    /// Runs below this take two more; others are numbers.
    private static var threeDigits: Int { Self.twoDigits + 256 }

    /// Codes how many predictions hold from here; the contexts stand as the last mismatch left them.
    mutating func codeRun(_ run: Int) -> Int {
        let streak = min(self.streak, 4)
        let place = streak &* 4 &+ self.lastAlignment
        let bytes = (Int(self.runBytes.0), Int(self.runBytes.1))
        let contexts = (
            ModelLayout.Rows.runAfter &+ place &* 16 &+ self.runs.last,
            ModelLayout.Rows.runAt &+ (streak == 4 ? 2 : min(streak, 1)) &* 256 &+ bytes.0,
            ModelLayout.Rows.runBetween &+ min(streak, 3) &* 256 &+ (bytes.0 & 0xF0 | bytes.1 &>> 4),
            ModelLayout.Rows.runSecond &+ place &* 16 &+ self.runs.second
        )
        let digit = self.models.digit(
            Self.isEncoder ? Self.runDigit(run) : 0, contexts, weights: ModelLayout.Rows.runWeights &+ streak)
        if digit == 0 { return 0 }
        self.runs = (digit, self.runs.last)
        self.streak = 0
        if digit < Self.oneDigit { return digit }
        return self.codeLongRun(run, digit, place)
    }

    private static func runDigit(_ run: Int) -> Int {
        run < Self.oneDigit
            ? run : run < Self.twoDigits ? Self.oneDigit : run < Self.threeDigits ? Self.oneDigit + 1 : 15
    }

    /// What follows the digit of a longer run.
    private mutating func codeLongRun(_ run: Int, _ digit: Int, _ place: Int) -> Int {
        switch digit {
        case Self.oneDigit:
            let rest = self.models.digit(run &- Self.oneDigit, ModelLayout.Rows.middleRun &+ place)
            return Self.oneDigit &+ rest
        case Self.oneDigit + 1:
            let rest = run &- Self.twoDigits
            let row = ModelLayout.Rows.longerRun &+ place &* 17
            let high = self.models.digit(rest &>> 4, row)
            let low = self.models.digit(rest & 15, row &+ 1 &+ high)
            return Self.twoDigits &+ high &<< 4 &+ low
        default:
            return self.models.number(run &- Self.threeDigits, ModelLayout.Rows.longestRun) &+ Self.threeDigits
        }
    }
}
