import FoundationEssentials
import JobLifecycle
import JobQueue
import Postgres
import TestKit

/// A queue on a database of its own.
func withQueue(_ body: (JobQueue, Database) async throws -> Void) async throws {
    try await withMigratedDatabase { url in
        let database = Database(DatabaseConfiguration(url: url, maxConnections: 12))
        do {
            try await body(JobQueue(database: database), database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}

/// A job that does nothing but carry a number.
struct Noop: Job {
    static let kind: JobKind = "noop"
    static let policy = JobPolicy(queue: "test", retry: RetryPolicy(maxAttempts: 3), timeout: .seconds(60))

    var number = 0
}

/// Runs `perform` as a closure.
struct ClosureHandler<Work: Job>: JobHandler {
    let body: @Sendable (Work, Attempt) async throws -> Outcome
    var onAbandon: @Sendable (Work, Failure, Transaction) async throws -> Void = { _, _, _ in }

    func perform(_ work: Work, attempt: Attempt) async throws -> Outcome { try await self.body(work, attempt) }

    func abandon(_ work: Work, failure: Failure, in transaction: Transaction) async throws {
        try await self.onAbandon(work, failure, transaction)
    }
}

extension JobQueue {
    /// Enqueues one job by itself.
    func enqueue(_ job: some Job, scope: JobScope = .none, delay: Duration = .zero, through database: Database)
        async throws -> JobID
    {
        try await database.transaction { try await self.enqueue(job, scope: scope, delay: delay, in: $0) }
    }

    func state(of job: JobID) async throws -> JobState? { try await self.status(of: job, developer: nil)?.state }

    /// Leases what is due, one job.
    func leaseOne(_ worker: WorkerID) async throws -> LeasedJob? {
        try await self.lease(1, from: "test", to: worker).first
    }
}
