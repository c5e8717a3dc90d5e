import FoundationEssentials
import JobLifecycle
import JobQueue
import Postgres
import Testing

@Suite("Leaders")
struct LeaderTests {
    private func registry(_ seen: Seen) throws -> JobRegistry {
        var registry = JobRegistry()
        registry.register(
            ClosureHandler<Noop> { work, _ in
                .completed { try await $0.execute("INSERT INTO effect VALUES (\(work.number))") }
            })
        let hourly = try #require(CronSchedule("@hourly"))
        registry.schedule(Noop(number: -1), as: "hourly", at: hourly, missed: .each)
        return registry
    }

    @Test(
        "of three workers that all believe they lead, every duty is done once: due jobs, rescues, schedules, slots, partitions"
    )
    func many() async throws {
        try await withQueue { queue, database in
            try await database.execute("CREATE TABLE effect (number integer NOT NULL)")
            _ = try await queue.number(of: "test")
            try await queue.change("test", QueueChange(keyLimit: .set(3)), by: "t")
            // Sixty due jobs of two keys, and ten whose worker is dead.
            for number in 0..<60 {
                let scope = JobScope(id: nil, developer: nil, key: "studio-\(number % 2)")
                _ = try await queue.enqueue(
                    Noop(number: number), scope: scope, delay: .seconds(3600), through: database)
            }
            for number in 60..<70 { _ = try await queue.enqueue(Noop(number: number), through: database) }
            let dead = try await queue.register(name: "dead")
            #expect(try await queue.lease(10, from: "test", to: dead).count == 10)
            try await database.execute("UPDATE job_worker SET seen = now() - interval '1 hour'")
            try await database.execute("UPDATE job_later SET run_at = now()")
            try await database.execute("SELECT setval('job_id', 25600000)")

            let schedules = try self.registry(Seen())
            let chaos = Task {
                // Whoever beats its heart next finds nobody there, and takes the lead; the others still believe in theirs.
                while !Task.isCancelled {
                    _ = try? await database.execute("DELETE FROM job_leader")
                    try? await Task.sleep(for: .milliseconds(15))
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        try await runWorker(
                            queue, schedules, queues: ["test"], heartbeat: .milliseconds(100), silence: .seconds(5)
                        ) {
                            guard try await count("effect", database) >= 70,
                                try await count("job_partition", database) >= 6
                            else { return false }
                            return true
                        } then: {
                            try await database.execute(
                                "UPDATE job_cron SET next_at = date_trunc('hour', now()) WHERE last_at IS NULL")
                            try await eventually { try await queue.schedules().allSatisfy { $0.lastAt != nil } }
                        }
                    }
                }
                try await group.waitForAll()
            }
            chaos.cancel()
            _ = await chaos.value
            let row = try #require(
                try await database.row(
                    """
                    SELECT (SELECT count(DISTINCT number) FROM effect WHERE number >= 0) AS done,
                           (SELECT count(*) FROM effect WHERE number >= 0) AS effects,
                           (SELECT count(*) FROM effect WHERE number = -1) AS fired,
                           (SELECT count(*) FROM job_outcome WHERE state = 'rescued') AS rescued,
                           (SELECT coalesce(sum(used), 0) FROM job_share) AS used,
                           (SELECT count(*) FROM pg_inherits WHERE inhparent = 'job'::regclass) AS parts,
                           (SELECT count(*) FROM job_partition) AS known
                    """))
            for (column, expected) in [("done", 70), ("effects", 70), ("rescued", 10), ("used", 0)] as [(String, Int64)]
            {
                let found: Int64 = try row(column)
                #expect(found == expected, "\(column)")
            }
            let fired: Int64 = try row("fired")
            #expect(fired <= 1)
            let parts: Int64 = try row("parts"), known: Int64 = try row("known")
            #expect(parts == known)
        }
    }
}
