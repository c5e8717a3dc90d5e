public import JobLifecycle
public import JobQueue
import Logging
import Platform
public import Postgres

/// Lets rows of audit logs go that have been kept for as long as they must be.
///
/// Runs when there are such rows, company by company. Safe to repeat.
public struct PruneAuditLog: Job {
    public static let kind: JobKind = "prune-audit-log"
    public static let policy = JobPolicy(queue: "clean", retry: RetryPolicy(maxAttempts: 5), timeout: .seconds(1800))

    /// Has them let go, where there are any, unless that is being done.
    ///
    /// Meant to be called now and then, by any number of processes.
    public static func plan(on queue: JobQueue, database: Database, retention: Duration) async throws {
        let log = AuditLog(database: database)
        guard try await !log.companies(withRowsOlderThan: retention, limit: 1).isEmpty else { return }
        _ = try await database.transaction { transaction in
            try await queue.enqueue(PruneAuditLog(), unique: "prune-audit-log", in: transaction)
        }
    }
}

struct PruneAuditLogHandler: JobHandler {
    let log: AuditLog
    /// How long rows are kept.
    let retention: Duration

    private static let batch = 100

    func perform(_ work: PruneAuditLog, attempt: Attempt) async throws -> Outcome {
        while true {
            let companies = try await self.log.companies(withRowsOlderThan: self.retention, limit: Self.batch)
            for company in companies {
                var gone = AuditLog.largestCut
                while gone == AuditLog.largestCut {
                    try Task.checkCancellation()
                    gone = try await self.log.prune(company, olderThan: self.retention)
                    attempt.report { [gone] in $0.itemsDone += Int64(gone) }
                }
            }
            guard companies.count == Self.batch else { break }
        }
        if attempt.progress.itemsDone > 0 {
            Logger.current.notice("audit rows let go", metadata: ["rows.count": "\(attempt.progress.itemsDone)"])
        }
        return .completed
    }
}
