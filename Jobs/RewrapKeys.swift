import Finance
public import JobLifecycle
public import JobQueue
import Logging

/// Wraps the keys of payout details anew that are still under an old key of the ring.
///
/// Runs when there is a new key, and finds nothing to do otherwise.
public struct RewrapKeys: Job {
    public static let kind: JobKind = "rewrap-keys"
    public static let policy = JobPolicy(queue: "clean", retry: RetryPolicy(maxAttempts: 5), timeout: .seconds(1800))
}

struct RewrapKeysHandler: JobHandler {
    let finance: Finance

    private static let batch = 200

    func perform(_ work: RewrapKeys, attempt: Attempt) async throws -> Outcome {
        while true {
            try Task.checkCancellation()
            let count = try await self.finance.rewrapKeys(limit: Self.batch)
            attempt.report { $0.itemsDone += Int64(count) }
            guard count == Self.batch else {
                if attempt.progress.itemsDone > 0 {
                    Logger.current.notice(
                        "keys wrapped anew", metadata: ["keys.count": "\(attempt.progress.itemsDone)"])
                }
                return .completed
            }
        }
    }
}
