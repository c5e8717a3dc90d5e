import FoundationEssentials
import JobLifecycle
import Postgres

extension JobQueue {
    /// Where the jobs of a state stand.
    private struct Stand {
        /// A query for their `id` and, if ``hasQueue``, `queue`.
        let query: SQL
        let hasQueue: Bool
    }

    /// Numbers of the jobs a filter means.
    ///
    /// Bodies are looked at only for what nothing else tells, so that what waits and runs is found in its narrow table.
    func ids(
        of filter: JobFilter, before last: JobID?, limit: Int, oldestFirst: Bool, in executor: some SQLExecutor
    ) async throws -> [Int64] {
        var queues: [Int16] = []
        for queue in filter.queues {
            guard let number = try await self.existingNumber(of: queue, in: executor) else { continue }
            queues.append(number)
        }
        guard filter.queues.isEmpty || !queues.isEmpty else { return [] }
        let ofBody = Self.bodyConditions(filter)
        var others = Self.conditions(filter, before: last)
        if !queues.isEmpty { others.append("job.queue = ANY (\(queues)::smallint[])") }
        let conditions = ofBody + others
        let matching = conditions.isEmpty ? "" : " WHERE \(SQL.joined(conditions, by: " AND "))" as SQL
        let order: SQL = oldestFirst ? "job.id" : "job.id DESC"
        let states =
            filter.states.isEmpty ? [nil] : Set(filter.states).sorted { $0.rawValue < $1.rawValue }.map(Optional.some)
        var found: Set<Int64> = []
        for state in states {
            let source: SQL
            if let state {
                let stand = Self.stand(state, before: oldestFirst ? nil : last)
                let isEnough = ofBody.isEmpty && (queues.isEmpty || stand.hasQueue)
                source =
                    isEnough
                    ? "(\(stand.query)) AS job" : "(\(stand.query)) AS stand JOIN job ON job.id = stand.id"
            } else {
                source = "job"
            }
            let rows = try await executor.rows(
                "SELECT job.id FROM \(source)\(matching) ORDER BY \(order) LIMIT \(Int64(limit))")
            for row in rows { found.insert(try row("id")) }
        }
        let sorted = oldestFirst ? found.sorted() : found.sorted(by: >)
        return Array(sorted.prefix(limit))
    }

    /// What only a job's body tells.
    private static func bodyConditions(_ filter: JobFilter) -> [SQL] {
        var conditions: [SQL] = []
        if !filter.kinds.isEmpty { conditions.append("job.kind = ANY (\(filter.kinds.map(\.rawValue))::text[])") }
        if let scope = filter.scope { conditions.append("job.scope = \(scope)") }
        if let developer = filter.developer { conditions.append("job.developer_id = \(developer)") }
        if let key = filter.key { conditions.append("job.key = (SELECT id FROM job_key WHERE name = \(key))") }
        if let date = filter.createdAfter { conditions.append("job.created_at >= \(date)") }
        if let date = filter.createdBefore { conditions.append("job.created_at < \(date)") }
        return conditions
    }

    private static func conditions(_ filter: JobFilter, before last: JobID?) -> [SQL] {
        var conditions: [SQL] = []
        if let last { conditions.append("job.id < \(last)") }
        if !filter.ids.isEmpty { conditions.append("job.id = ANY (\(filter.ids.map(\.rawValue))::bigint[])") }
        if let worker = filter.worker { conditions.append(Self.isHeld(by: worker)) }
        if let code = filter.failure {
            conditions.append(
                """
                (SELECT failure->>'code' FROM job_outcome WHERE job_outcome.id = job.id
                 ORDER BY finished_at DESC LIMIT 1) = \(code)
                """)
        }
        return conditions
    }

    private static func isHeld(by worker: WorkerID) -> SQL {
        """
        job.id IN (SELECT id FROM job_lease WHERE worker = \(worker.rawValue)
                   UNION ALL SELECT unnest(ids) FROM job_batch WHERE worker = \(worker.rawValue))
        """
    }

    /// - Parameter last: the last of the page before, when the newest come first.
    private static func stand(_ state: JobState, before last: JobID?) -> Stand {
        switch state {
        case .available:
            Stand(
                query: """
                    SELECT generate_series(id, id + span - 1) AS id, queue FROM job_ready
                    UNION ALL SELECT id, queue FROM job_held
                    """, hasQueue: true)
        case .running:
            Stand(
                query: "SELECT id, queue FROM job_lease UNION ALL SELECT unnest(ids), queue FROM job_batch",
                hasQueue: true)
        case .scheduled:
            Stand(
                query: "SELECT id FROM job_later WHERE attempt = 0 UNION ALL SELECT id FROM job_parked", hasQueue: false
            )
        case .retryable: Stand(query: "SELECT id FROM job_later WHERE attempt > 0", hasQueue: false)
        case .discarded: Stand(query: Self.ended("discarded"), hasQueue: false)
        case .cancelled: Stand(query: Self.ended("cancelled"), hasQueue: false)
        case .completed: Stand(query: Self.completed(before: last), hasQueue: false)
        }
    }

    /// How many ends are looked at for completed jobs: the latest, by number.
    static let completedWindow: Int64 = 20_000

    /// Jobs that completed by themselves, and with others; in ten million of them only the latest are looked at.
    ///
    /// A batch's row names its highest number, so the highest numbers of all are in the batches with the highest.
    private static func completed(before last: JobID?) -> SQL {
        let end = last?.rawValue ?? .max
        return """
            (SELECT id FROM job_outcome WHERE state = 'completed' AND id < \(end)
             ORDER BY id DESC LIMIT \(Self.completedWindow))
            UNION ALL
            SELECT one.id FROM (
                SELECT ids FROM job_done WHERE low < \(end) ORDER BY high DESC LIMIT \(Self.completedWindow / 20)
            ) AS latest CROSS JOIN LATERAL unnest(latest.ids) AS one (id)
            WHERE one.id < \(end)
            """
    }

    /// Whose latest outcome this is, and who stands nowhere else.
    private static func ended(_ state: StaticString) -> SQL {
        """
        SELECT DISTINCT lost.id FROM job_outcome AS lost
        WHERE lost.state = '\(raw: state)' AND EXISTS (
            SELECT FROM job_status WHERE job_status.id = lost.id AND job_status.state = '\(raw: state)')
        """
    }
}
