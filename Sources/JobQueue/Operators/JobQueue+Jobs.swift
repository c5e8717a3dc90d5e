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

    /// Numbers of the jobs a filter means.
    func ids(
        of filter: JobFilter, before last: JobID?, limit: Int, oldestFirst: Bool, in executor: some SQLExecutor
    ) async throws -> [Int64] {
        var queues: [Int16] = []
        for queue in filter.queues {
            guard let number = try await self.existingNumber(of: queue, in: executor) else { continue }
            queues.append(number)
        }
        guard filter.queues.isEmpty || !queues.isEmpty else { return [] }
        var conditions: [SQL] = []
        if let last { conditions.append("job.id < \(last)") }
        if !filter.ids.isEmpty { conditions.append("job.id = ANY (\(filter.ids.map(\.rawValue))::bigint[])") }
        if !queues.isEmpty { conditions.append("job.queue = ANY (\(queues)::smallint[])") }
        if !filter.kinds.isEmpty { conditions.append("job.kind = ANY (\(filter.kinds.map(\.rawValue))::text[])") }
        if let scope = filter.scope { conditions.append("job.scope = \(scope)") }
        if let developer = filter.developer { conditions.append("job.developer_id = \(developer)") }
        if let key = filter.key { conditions.append("job.key = (SELECT id FROM job_key WHERE name = \(key))") }
        if let date = filter.createdAfter { conditions.append("job.created_at >= \(date)") }
        if let date = filter.createdBefore { conditions.append("job.created_at < \(date)") }
        if let worker = filter.worker { conditions.append(Self.isHeld(by: worker)) }
        if let code = filter.failure {
            conditions.append(
                """
                (SELECT failure->>'code' FROM job_outcome WHERE job_outcome.id = job.id
                 ORDER BY finished_at DESC LIMIT 1) = \(code)
                """)
        }
        let matching = conditions.isEmpty ? "" : " WHERE \(SQL.joined(conditions, by: " AND "))" as SQL
        let order: SQL = oldestFirst ? "job.id" : "job.id DESC"
        let states =
            filter.states.isEmpty ? [nil] : Set(filter.states).sorted { $0.rawValue < $1.rawValue }.map(Optional.some)
        var found: Set<Int64> = []
        for state in states {
            let rows = try await executor.rows(
                "SELECT job.id FROM \(Self.source(of: state))\(matching) ORDER BY \(order) LIMIT \(Int64(limit))")
            for row in rows { found.insert(try row("id")) }
        }
        let sorted = oldestFirst ? found.sorted() : found.sorted(by: >)
        return Array(sorted.prefix(limit))
    }

    private static func isHeld(by worker: WorkerID) -> SQL {
        """
        job.id IN (SELECT id FROM job_lease WHERE worker = \(worker.rawValue)
                   UNION ALL SELECT unnest(ids) FROM job_batch WHERE worker = \(worker.rawValue))
        """
    }

    /// Where the jobs of a state stand, joined to their bodies.
    private static func source(of state: JobState?) -> SQL {
        switch state {
        case nil: "job"
        case .available:
            """
            (SELECT generate_series(id, id + span - 1) AS id FROM job_ready UNION ALL SELECT id FROM job_held) AS stand
            JOIN job ON job.id = stand.id
            """
        case .running:
            """
            (SELECT id FROM job_lease UNION ALL SELECT unnest(ids) FROM job_batch) AS stand JOIN job ON job.id = stand.id
            """
        case .scheduled:
            """
            (SELECT id FROM job_later WHERE attempt = 0 UNION ALL SELECT id FROM job_parked) AS stand
            JOIN job ON job.id = stand.id
            """
        case .retryable: "(SELECT id FROM job_later WHERE attempt > 0) AS stand JOIN job ON job.id = stand.id"
        case .discarded: Self.ended("discarded")
        case .cancelled: Self.ended("cancelled")
        case .completed:
            "(SELECT id FROM job_status WHERE state = 'completed') AS stand JOIN job ON job.id = stand.id"
        }
    }

    /// Whose latest outcome this is, and who stands nowhere else.
    private static func ended(_ state: StaticString) -> SQL {
        """
        (SELECT DISTINCT lost.id FROM job_outcome AS lost
         WHERE lost.state = '\(raw: state)' AND EXISTS (
             SELECT FROM job_status WHERE job_status.id = lost.id AND job_status.state = '\(raw: state)')) AS stand
        JOIN job ON job.id = stand.id
        """
    }
}
