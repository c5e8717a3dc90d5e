public import Content
import FoundationEssentials
import JobLifecycle
import Postgres

extension JobQueue {
    /// One page of the jobs a filter means, newest first.
    ///
    /// A filter by state reads the tables of that state only, so that what runs is found among ten million finished jobs.
    ///
    /// - Parameters:
    ///   - last: the last job of the page before.
    ///   - limit: 1 to 200.
    public func jobs(_ filter: JobFilter, before last: JobID? = nil, limit: Int = 50) async throws -> [JobStatus] {
        let ids = try await self.ids(
            of: filter, before: last, limit: min(max(limit, 1), 200), oldestFirst: false, in: self.database)
        guard !ids.isEmpty else { return [] }
        return try await self.database.rows(
            "SELECT \(Self.statusColumns) FROM job_status WHERE id = ANY (\(ids)::bigint[]) ORDER BY id DESC"
        ).map(JobStatus.init)
    }

    /// Everything about one job; nil when there is none.
    ///
    /// - Parameter developer: nil for operators.
    public func detail(of job: JobID, developer: DeveloperID? = nil) async throws -> JobDetail? {
        let row = try await self.database.row(
            """
            SELECT \(Self.statusColumns), payload::text AS payload, checkpoint::text AS checkpoint FROM job_status
            WHERE id = \(job) AND (\(developer)::uuid IS NULL OR developer_id = \(developer)::uuid)
            """)
        guard let row else { return nil }
        let status = try JobStatus(row)
        return JobDetail(
            status: status, payload: try row("payload"), checkpoint: try row("checkpoint"),
            reason: try await self.reason(of: status), attempts: try await self.attempts(of: job),
            parents: try await self.ids("SELECT parent AS id FROM job_edge WHERE child = \(job) ORDER BY 1 LIMIT 100"),
            followers: try await self.ids("SELECT child AS id FROM job_edge WHERE parent = \(job) ORDER BY 1 LIMIT 100")
        )
    }

    private func attempts(of job: JobID) async throws -> [AttemptRecord] {
        try await self.database.rows(
            """
            SELECT * FROM (
                SELECT attempt, state, worker, started_at, finished_at, failure::text AS failure FROM job_outcome
                WHERE id = \(job) ORDER BY finished_at DESC LIMIT 100
            ) AS latest ORDER BY finished_at
            """
        ).map { row in
            let attempt: Int16 = try row("attempt")
            let worker: Int32? = try row("worker")
            let failure: String? = try row("failure")
            return AttemptRecord(
                attempt: Int(attempt), end: try row("state"), worker: worker.map(WorkerID.init),
                startedAt: try row("started_at"), finishedAt: try row("finished_at"),
                failure: try failure.map { try JSONDecoder().decode(Failure.self, from: Data($0.utf8)) })
        }
    }

    private func ids(_ sql: SQL) async throws(PostgresError) -> [JobID] {
        try await self.database.rows(sql).map { row throws(PostgresError) in JobID(rawValue: try row("id")) }
    }
}
