public import Content
public import FoundationEssentials
public import JobLifecycle
public import Postgres

extension JobQueue {
    /// - Parameter developer: nil for operators; a company sees its own jobs only.
    /// - Returns: nil when there is no such job, or it is another company's.
    public func status(of job: JobID, developer: DeveloperID?) async throws -> JobStatus? {
        let rows = try await self.database.rows(
            """
            SELECT \(Self.statusColumns) FROM job_status
            WHERE id = \(job) AND (\(developer)::uuid IS NULL OR developer_id = \(developer)::uuid)
            """)
        return try rows.first.map(JobStatus.init)
    }

    /// Every job of one run, oldest first.
    public func list(scope: UUID, in executor: some SQLExecutor) async throws -> [JobStatus] {
        try await executor.rows(
            """
            SELECT \(Self.statusColumns) FROM job_status WHERE scope = \(scope) ORDER BY id LIMIT 100000
            """
        ).map(JobStatus.init)
    }

    /// One page of jobs, newest first.
    ///
    /// - Parameters:
    ///   - developer: nil for operators.
    ///   - last: the last job of the page before.
    ///   - limit: 1 to 200.
    public func list(
        developer: DeveloperID?, scope: UUID?, state: JobState?, before last: JobID?, limit: Int
    ) async throws -> [JobStatus] {
        var filter = JobFilter()
        filter.developer = developer
        filter.scope = scope
        filter.states = state.map { [$0] } ?? []
        return try await self.jobs(filter, before: last, limit: limit)
    }

    static let statusColumns: SQL = """
        id, queue, kind, priority, max_attempts, scope, developer_id, key, created_at, state, attempt, worker, leased_at,
        deadline_at, run_at, missing, held, finished_at, last_started_at, failure::text AS failure,
        bytes_done, bytes_total, items_done, items_total
        """
}
