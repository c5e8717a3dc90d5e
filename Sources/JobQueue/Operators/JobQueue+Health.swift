import FoundationEssentials
import JobLifecycle
import Postgres

extension JobQueue {
    /// Looks at what keeps the queue fast: the plans of its statements, dead rows and who keeps them, partitions, workers.
    ///
    /// Changes nothing; takes a few milliseconds, and reads what the role may see of `pg_stat_activity`.
    ///
    /// - Parameter patience: a snapshot older than this is reported.
    public func health(patience: Duration = .seconds(60)) async throws -> QueueHealth {
        let tables = try await self.hotTables()
        let walk = try await self.walk()
        let snapshot = try await self.oldestSnapshot(patience)
        let plans = try await self.plans()
        let state = try await self.database.row(
            """
            SELECT (SELECT (max(number) + 1) * 10000000 FROM job_partition) - (SELECT last_value FROM job_id) AS runway,
                   (SELECT worker FROM job_leader WHERE held_until > clock_timestamp() LIMIT 1) AS leader,
                   (SELECT count(*) FROM job_worker) AS workers
            """)
        let runway: Int64 = try state?("runway") ?? 0
        let leader: Int32? = try state?("leader") ?? nil
        let workers: Int64 = try state?("workers") ?? 0
        let unknown = try await self.unknownKinds()
        let locked = try await self.lockedLeases(for: .seconds(1))
        var health = QueueHealth(
            plans: plans, tables: tables, walkBuffers: walk.buffers, walkQueue: walk.queue, oldestSnapshot: snapshot,
            runway: runway, leader: leader.map(WorkerID.init), workers: Int(workers), unknownKinds: unknown,
            lockedLeases: locked, problems: [])
        health.problems = health.findings
        return health
    }

    private func hotTables() async throws(PostgresError) -> [QueueHealth.Table] {
        try await self.database.rows(
            """
            SELECT relname, n_live_tup, n_dead_tup, pg_total_relation_size(relid) AS bytes,
                   greatest(last_vacuum, last_autovacuum) AS vacuumed
            FROM pg_stat_user_tables
            WHERE relid IN ('job_ready'::regclass, 'job_held'::regclass, 'job_later'::regclass, 'job_parked'::regclass,
                            'job_lease'::regclass, 'job_batch'::regclass, 'job_worker'::regclass, 'job_share'::regclass)
            ORDER BY relname
            """
        ).map { row throws(PostgresError) in
            QueueHealth.Table(
                name: try row("relname"), liveRows: Int(try row.decode("n_live_tup", as: Int64.self)),
                deadRows: Int(try row.decode("n_dead_tup", as: Int64.self)), bytes: try row("bytes"),
                vacuumedAt: try row("vacuumed"))
        }
    }

    /// What one claim of one job would read in the queue with the most due jobs, without claiming it.
    private func walk() async throws -> (buffers: Int, queue: QueueName?) {
        var worst: (buffers: Int, queue: QueueName?) = (0, nil)
        let rows = try await self.database.rows("SELECT id, name FROM job_queue ORDER BY id LIMIT 1000")
        for row in rows {
            let number: Int16 = try row("id")
            let lines = try await self.explain(
                """
                SELECT ctid FROM job_ready WHERE queue = \(literal: number) ORDER BY priority, rank, id LIMIT 1
                """, options: "ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF")
            let buffers = lines.first { $0.contains("Buffers:") }.map(Self.buffers) ?? 0
            if buffers > worst.buffers { worst = (buffers, QueueName(rawValue: try row("name"))) }
        }
        return worst
    }

    /// The sum of `shared hit=3 read=2`.
    private static func buffers(_ line: String) -> Int {
        line.split(whereSeparator: { $0 == " " || $0 == "=" || $0 == ":" }).compactMap { Int($0) }.reduce(0, +)
    }

    /// In a session as workers have it.
    private func explain(_ statement: SQL, options: StaticString) async throws(PostgresError) -> [String] {
        try await self.database.transaction { transaction throws(PostgresError) in
            for (name, value) in Self.planSettings.sorted(by: { $0.key < $1.key }) {
                try await transaction.execute("SELECT set_config(\(name), \(value), true)")
            }
            return try await transaction.rows("EXPLAIN (\(raw: options)) \(statement)")
        }.map { row throws(PostgresError) in try row.decode(at: 0) }
    }

    private static let hotTables = ["job_ready", "job_lease", "job_batch"]

    private func plans() async throws(PostgresError) -> [QueueHealth.Plan] {
        guard let row = try await self.database.row("SELECT id FROM job_queue ORDER BY id LIMIT 1") else { return [] }
        let queue: Int16 = try row("id")
        let nobody = WorkerID(rawValue: 0)
        var plans: [QueueHealth.Plan] = []
        for (name, statement) in [
            ("claim", Self.statement(Claim(limit: 100), from: queue, to: nobody)),
            ("acknowledge", Self.acknowledging(single: [], of: nobody)),
            ("acknowledge-batch", Self.acknowledging(batches: [], partly: [], keyed: [], of: nobody)),
        ] {
            let lines = try await self.explain(statement, options: "COSTS OFF")
            plans.append(
                QueueHealth.Plan(
                    statement: name, nodes: lines.joined(separator: "\n"),
                    isPinned: !lines.contains { line in
                        Self.hotTables.contains { line.contains("Seq Scan on \($0)") }
                    }))
        }
        return plans
    }

    private func oldestSnapshot(_ patience: Duration) async throws(PostgresError) -> QueueHealth.Snapshot? {
        let row = try await self.database.row(
            """
            SELECT pid, coalesce(state, '') AS state, coalesce(usename, '') AS usename,
                   coalesce(application_name, '') AS application, left(coalesce(query, ''), 200) AS query,
                   (extract(epoch FROM clock_timestamp() - xact_start) * 1000)::bigint AS age,
                   coalesce(age(backend_xmin), 0)::bigint AS transactions
            FROM pg_stat_activity
            WHERE backend_xmin IS NOT NULL AND datname = current_database() AND pid <> pg_backend_pid()
              AND xact_start < clock_timestamp() - \(patience) AND backend_type = 'client backend'
            ORDER BY age(backend_xmin) DESC, xact_start LIMIT 1
            """)
        guard let row else { return nil }
        return QueueHealth.Snapshot(
            pid: try row("pid"), age: .milliseconds(try row.decode("age", as: Int64.self)), state: try row("state"),
            user: try row("usename"), application: try row("application"), query: try row("query"),
            transactions: try row("transactions"))
    }

    private func unknownKinds() async throws(PostgresError) -> [JobKind: Int] {
        let rows = try await self.database.rows(
            """
            SELECT job.kind, sum(span)::bigint AS jobs FROM (
                (SELECT id, 1 AS span FROM job_later ORDER BY run_at, id LIMIT 10000)
                UNION ALL (SELECT id, span FROM job_ready ORDER BY queue, priority, rank, id LIMIT 10000)
            ) AS waiting JOIN job ON job.id = waiting.id
            WHERE NOT EXISTS (SELECT FROM job_worker WHERE job.kind = ANY (kinds))
              AND EXISTS (SELECT FROM job_worker)
            GROUP BY job.kind ORDER BY job.kind LIMIT 100
            """)
        var kinds: [JobKind: Int] = [:]
        for row in rows {
            kinds[JobKind(rawValue: try row("kind"))] = Int(try row.decode("jobs", as: Int64.self))
        }
        return kinds
    }
}

extension JobQueue {
    /// Settings of workers' sessions: their statements have one good plan, by index, whatever the parameters. It is kept,
    /// though it may have been made while a table was empty, when reading all of it would have seemed cheapest.
    static let planSettings = [
        "plan_cache_mode": "force_generic_plan", "enable_seqscan": "off", "enable_bitmapscan": "off", "jit": "off",
    ]
}

extension QueueHealth {
    /// What is wrong, worst first.
    fileprivate var findings: [Failure.Problem] {
        var findings: [Failure.Problem] = []
        func found(_ code: String, _ message: String) {
            findings.append(Failure.Problem(code: code, path: nil, message: message))
        }
        if self.runway < 10_000_000 {
            found("partition-runway", "partitions are made for \(self.runway) more jobs only; is no worker running?")
        }
        if self.workers == 0 { found("no-worker", "no worker is alive") }
        if self.workers > 0, self.leader == nil { found("no-leader", "no worker leads; scheduled jobs wait") }
        if let snapshot = self.oldestSnapshot {
            found(
                "held-snapshot",
                """
                process \(snapshot.pid) (\(snapshot.user), \(snapshot.application), \(snapshot.state)) has kept a snapshot \
                for \(snapshot.age): \(snapshot.query)
                """)
        }
        for session in self.lockedLeases {
            found(
                "locked-lease",
                """
                process \(session.pid) (\(session.state)) keeps a job of a dead worker locked and has waited for its client \
                for \(session.idle); it is ended after a few seconds: \(session.query)
                """)
        }
        for table in self.tables where table.deadRows > 100_000 && table.deadRows > 4 * table.liveRows {
            found("dead-rows", "\(table.name) has \(table.deadRows) dead rows")
        }
        for plan in self.plans where !plan.isPinned {
            found("plan-flipped", "the statement \(plan.statement) reads a hot table from end to end")
        }
        for (kind, jobs) in self.unknownKinds.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            found("unknown-kind", "\(jobs) jobs of the kind \(kind) wait, which no worker knows")
        }
        return findings
    }
}
