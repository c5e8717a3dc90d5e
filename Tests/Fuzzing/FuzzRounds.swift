import Foundation

/// How long tests with random bytes run: `SLIPWAY_FUZZ=50 ops/test --filter …` runs 50 times the rounds, for minutes, and
/// `SLIPWAY_LONG_TESTS=1` as long as that.
public enum FuzzRounds {
    public static func count(_ rounds: Int) -> Int {
        let environment = ProcessInfo.processInfo.environment
        let standing = environment["SLIPWAY_LONG_TESTS"] == "1" ? 50 : 1
        return rounds * max(1, environment["SLIPWAY_FUZZ"].flatMap { Int($0) } ?? standing)
    }
}
