public import FoundationEssentials
public import Postgres

/// How far one stage of a run is: all its jobs in one queue.
public struct StageProgress: Equatable, Sendable {
    /// What a stage is doing.
    public enum State: String, Sendable {
        case waiting, running, done, failed, cancelled
    }

    /// The queue's name.
    public let stage: String
    public let state: State
    public let jobs: Int
    public let jobsDone: Int
    public let bytesDone: Int64
    public let bytesTotal: Int64
    public let itemsDone: Int64
    public let itemsTotal: Int64
    public let startedAt: Date?
    public let finishedAt: Date?
    /// When the last of its running attempts fails for taking too long.
    public let deadlineAt: Date?
    /// The highest attempt among its jobs.
    public let attempt: Int
}

extension JobQueue {
    /// The stages of a run, in the order they were enqueued.
    ///
    /// - Parameter first: the job the run began with; older jobs of the scope belong to earlier runs.
    public func progress(scope: UUID, since first: JobID?) async throws(PostgresError) -> [StageProgress] {
        try await self.database.rows(
            """
            SELECT queue AS stage, count(*) AS jobs,
                   count(*) FILTER (WHERE state = 'completed') AS done,
                   count(*) FILTER (WHERE state = 'running') AS running,
                   count(*) FILTER (WHERE state = 'discarded') AS failed,
                   count(*) FILTER (WHERE state = 'cancelled') AS cancelled,
                   coalesce(sum(bytes_done), 0)::bigint AS bytes_done,
                   coalesce(sum(bytes_total), 0)::bigint AS bytes_total,
                   coalesce(sum(items_done), 0)::bigint AS items_done,
                   coalesce(sum(items_total), 0)::bigint AS items_total,
                   min(coalesce(leased_at, last_started_at)) AS started_at, max(finished_at) AS finished_at,
                   max(deadline_at) AS deadline_at, max(attempt) AS attempt
            FROM job_status
            WHERE scope = \(scope) AND id >= \(first?.rawValue ?? 0)
            GROUP BY queue ORDER BY min(id)
            """
        ).map { row throws(PostgresError) in try StageProgress(row) }
    }
}

extension StageProgress {
    init(_ row: Row) throws(PostgresError) {
        let jobs: Int64 = try row("jobs")
        let done: Int64 = try row("done")
        let running: Int64 = try row("running")
        let failed: Int64 = try row("failed")
        let cancelled: Int64 = try row("cancelled")
        let attempt: Int16 = try row("attempt")
        let startedAt: Date? = try row("started_at")
        let finishedAt: Date? = try row("finished_at")
        let state: State =
            if failed > 0 { .failed } else if done == jobs { .done } else if cancelled > 0 { .cancelled } else if
                running > 0 || startedAt != nil { .running } else { .waiting }
        self.init(
            stage: try row("stage"), state: state, jobs: Int(jobs), jobsDone: Int(done),
            bytesDone: try row("bytes_done"), bytesTotal: try row("bytes_total"), itemsDone: try row("items_done"),
            itemsTotal: try row("items_total"), startedAt: startedAt,
            finishedAt: state == .running || state == .waiting ? nil : finishedAt, deadlineAt: try row("deadline_at"),
            attempt: Int(attempt))
    }
}
