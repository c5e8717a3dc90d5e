import JobLifecycle
import Postgres

/// A job that is enqueued again and again.
struct CronEntry: Sendable {
    let name: String
    let schedule: CronSchedule
    let missed: MissedFires
    /// - Returns: nil when its predecessor still waits or runs.
    let enqueue: @Sendable (JobQueue, Transaction) async throws -> JobID?
}
