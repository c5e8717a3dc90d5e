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

extension JobQueue {
    /// Writes how far attempts are, and what the next ones may go on from. An attempt that lost its lease writes nothing.
    func record(_ progress: [ProgressReport]) async throws(PostgresError) {
        guard let statement = Self.recording(progress) else { return }
        try await self.database.execute(statement)
    }

    /// - Returns: nil when there is nothing to write.
    static func recording(_ progress: [ProgressReport]) -> SQL? {
        guard !progress.isEmpty else { return nil }
        return """
            INSERT INTO job_progress AS progress
                (id, attempt, bytes_done, bytes_total, items_done, items_total, checkpoint)
            SELECT fresh.id, fresh.attempt, fresh.bytes_done, fresh.bytes_total, fresh.items_done, fresh.items_total,
                   fresh.checkpoint::jsonb
            FROM unnest(
                \(progress.map(\.job.id.rawValue))::bigint[], \(progress.map { Int16($0.job.attempt) })::smallint[],
                \(progress.map(\.progress.bytesDone))::bigint[], \(progress.map(\.progress.bytesTotal))::bigint[],
                \(progress.map(\.progress.itemsDone))::bigint[], \(progress.map(\.progress.itemsTotal))::bigint[],
                \(progress.map(\.checkpoint))::text[], \(progress.map(\.job.worker.rawValue))::integer[])
                AS fresh (id, attempt, bytes_done, bytes_total, items_done, items_total, checkpoint, worker)
            WHERE EXISTS (
                    SELECT FROM job_lease
                    WHERE job_lease.id = fresh.id AND job_lease.attempt = fresh.attempt
                      AND job_lease.worker = fresh.worker)
               OR EXISTS (
                    SELECT FROM job_batch WHERE job_batch.worker = fresh.worker AND fresh.id = ANY (job_batch.ids))
            ON CONFLICT (id) DO UPDATE
            SET attempt = EXCLUDED.attempt, bytes_done = EXCLUDED.bytes_done, bytes_total = EXCLUDED.bytes_total,
                items_done = EXCLUDED.items_done, items_total = EXCLUDED.items_total, updated_at = now(),
                checkpoint = coalesce(EXCLUDED.checkpoint, progress.checkpoint)
            """
    }

    /// What an attempt of a job left for the next; nil when nothing was left.
    func checkpoint(of job: JobID) async throws(PostgresError) -> String? {
        try await self.database.row("SELECT checkpoint::text AS checkpoint FROM job_progress WHERE id = \(job)")?(
            "checkpoint")
    }
}

/// How far an attempt is.
struct ProgressReport: Sendable {
    let job: LeasedJob
    let progress: Attempt.Progress
    /// JSON, if it has changed.
    let checkpoint: String?
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
            if failed > 0 { .failed } else if done == jobs { .done } else if cancelled > 0 {
                .cancelled
            } else if running > 0 || startedAt != nil { .running } else { .waiting }
        self.init(
            stage: try row("stage"), state: state, jobs: Int(jobs), jobsDone: Int(done),
            bytesDone: try row("bytes_done"), bytesTotal: try row("bytes_total"), itemsDone: try row("items_done"),
            itemsTotal: try row("items_total"), startedAt: startedAt,
            finishedAt: state == .running || state == .waiting ? nil : finishedAt, deadlineAt: try row("deadline_at"),
            attempt: Int(attempt))
    }
}
