import FoundationEssentials
import JobLifecycle
public import Postgres

extension JobQueue {
    /// Makes schedules known; what they said before, if it was something else, is forgotten.
    func register(_ entries: [CronEntry]) async throws(PostgresError) {
        for entry in entries {
            guard let now = try await self.database.row("SELECT extract(epoch FROM clock_timestamp())::bigint AS now"),
                let next = entry.schedule.next(after: try now("now"))
            else { continue }
            try await self.database.execute(
                """
                INSERT INTO job_cron AS cron (name, schedule, missed, next_at)
                VALUES (\(entry.name), \(entry.schedule.description), \(entry.missed.rawValue),
                        to_timestamp(\(next)::bigint))
                ON CONFLICT (name) DO UPDATE
                SET schedule = EXCLUDED.schedule, missed = EXCLUDED.missed,
                    next_at = CASE WHEN cron.schedule = EXCLUDED.schedule THEN cron.next_at ELSE EXCLUDED.next_at END
                WHERE (cron.schedule, cron.missed) <> (EXCLUDED.schedule, EXCLUDED.missed)
                """)
        }
    }

    /// Enqueues what is due, each time exactly once however many do this at a time: the row's lock, and the time that moves
    /// on with it, see to that.
    func fire(_ entries: [CronEntry]) async throws {
        guard !entries.isEmpty else { return }
        let due = try await self.database.rows(
            """
            SELECT name FROM job_cron
            WHERE name = ANY (\(entries.map(\.name))::text[]) AND next_at <= clock_timestamp() AND NOT paused
            ORDER BY name
            """)
        for row in due {
            let name: String = try row("name")
            guard let entry = entries.first(where: { $0.name == name }) else { continue }
            try await self.database.transaction { try await self.fire(entry, in: $0) }
        }
    }

    private func fire(_ entry: CronEntry, in transaction: Transaction) async throws {
        let row = try await transaction.row(
            """
            SELECT extract(epoch FROM next_at)::bigint AS due, extract(epoch FROM clock_timestamp())::bigint AS now
            FROM job_cron
            WHERE name = \(entry.name) AND next_at <= clock_timestamp() AND NOT paused FOR UPDATE SKIP LOCKED
            """)
        guard let row else { return }
        let fire = entry.schedule.fire(due: try row("due"), now: try row("now"), missed: entry.missed)
        var last: JobID?
        for _ in 0..<fire.jobs { last = try await entry.enqueue(self, transaction) ?? last }
        try await transaction.execute(
            """
            UPDATE job_cron
            SET next_at = coalesce(to_timestamp(\(fire.next)::bigint), 'infinity'), last_at = clock_timestamp(),
                last_job = coalesce(\(last?.rawValue)::bigint, last_job)
            WHERE name = \(entry.name)
            """)
    }

    /// The schedules, in order of name; at most 1,000.
    public func schedules() async throws(PostgresError) -> [CronStatus] {
        try await self.database.rows(
            """
            SELECT name, schedule, missed, paused, last_at, last_job,
                   CASE WHEN isfinite(next_at) THEN next_at END AS next_at
            FROM job_cron ORDER BY name LIMIT 1000
            """
        ).map { row throws(PostgresError) in
            let job: Int64? = try row("last_job")
            return CronStatus(
                name: try row("name"), schedule: try row("schedule"),
                missed: MissedFires(rawValue: try row("missed")) ?? .once, isPaused: try row("paused"),
                nextAt: try row("next_at"), lastAt: try row("last_at"), lastJob: job.map(JobID.init))
        }
    }

    /// Stops a schedule, or lets it go on; what was missed meanwhile is gone.
    ///
    /// - Returns: false when there is none of that name, or it stands so already.
    @discardableResult
    public func setPaused(_ isPaused: Bool, schedule name: String, by actor: String) async throws -> Bool {
        try await self.database.transaction { transaction in
            let row = try await transaction.row(
                """
                UPDATE job_cron SET paused = \(isPaused) WHERE name = \(name) AND paused <> \(isPaused)
                RETURNING schedule, extract(epoch FROM clock_timestamp())::bigint AS now
                """)
            guard let row else { return false }
            if !isPaused, let schedule = CronSchedule(try row("schedule")),
                let next = schedule.next(after: try row("now"))
            {
                try await transaction.execute(
                    "UPDATE job_cron SET next_at = to_timestamp(\(next)::bigint) WHERE name = \(name)")
            }
            try await self.audit(
                isPaused ? "cron.pause" : "cron.resume", name, from: nil, to: nil, by: actor, in: transaction)
            return true
        }
    }
}
