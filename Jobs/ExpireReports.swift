import Analytics
public import JobLifecycle
public import JobQueue
import ObjectStore

/// Removes the files of reports whose time is over, and answers too old for any use.
public struct ExpireReports: Job {
    public static let kind: JobKind = "expire-reports"
    public static let policy = JobPolicy(queue: "clean", retry: RetryPolicy(maxAttempts: 5), timeout: .seconds(600))
}

struct ExpireReportsHandler: JobHandler {
    let analytics: Analytics
    let store: any ObjectStore

    private static let batch = 100

    func perform(_ work: ExpireReports, attempt: Attempt) async throws -> Outcome {
        try await self.analytics.forgetAnswers()
        while true {
            try Task.checkCancellation()
            let count = try await self.analytics.expireReports(limit: Self.batch) { keys in
                try await self.store.delete(keys.compactMap { ObjectKey($0) })
            }
            attempt.report { $0.itemsDone += Int64(count) }
            guard count == Self.batch else { return .completed }
        }
    }
}
