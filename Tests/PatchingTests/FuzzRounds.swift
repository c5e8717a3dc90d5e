import Foundation

/// How long tests with random bytes run: `SLIPWAY_FUZZ=200 ops/test --filter …` runs 200 times the rounds, for minutes.
enum FuzzRounds {
    static func count(_ rounds: Int) -> Int {
        rounds * max(1, ProcessInfo.processInfo.environment["SLIPWAY_FUZZ"].flatMap { Int($0) } ?? 1)
    }
}
