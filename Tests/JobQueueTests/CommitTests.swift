import FoundationEssentials
import JobLifecycle
import Postgres
import Testing

@testable import JobQueue

@Suite("Commits of pools")
struct CommitTests {
    /// Leases two jobs, then acknowledges one and leases the next, in as many transactions as there are groups.
    private func transactions(joined: Bool) async throws -> (ended: String?, leased: String?) {
        var found: (String?, String?) = (nil, nil)
        try await withQueue { queue, database in
            for number in 0..<2 { _ = try await queue.enqueue(Quick(number: number), through: database) }
            let worker = try await queue.register(name: "a")
            let first = try #require(try await queue.lease(1, from: "quick", to: worker).first)
            var acknowledgement = Acknowledgement()
            acknowledgement.batches = [try #require(first.batch)]
            let ending = JobQueue.statements(acknowledgement, of: worker)
            let claiming = [JobQueue.statement(Claim(limit: 1), from: first.queue, to: worker)]
            let groups = joined ? [ending + claiming] : [ending, claiming]
            let answer = try await database.withConnection { connection throws(PostgresError) in
                try await connection.pipeline(groups: groups, timesCommit: true)
            }
            #expect(answer.groups.count == groups.count)
            #expect(answer.commit != nil)
            let row = try #require(
                try await database.row(
                    "SELECT (SELECT xmin::text FROM job_done) AS ended, (SELECT xmin::text FROM job_batch) AS leased"))
            found = (try row("ended"), try row("leased"))
        }
        return found
    }

    @Test("joined, an acknowledgement and the next claim are one transaction; parted, they are two, in one round trip")
    func transactions() async throws {
        let joined = try await self.transactions(joined: true)
        #expect(joined.ended != nil && joined.ended == joined.leased)
        let parted = try await self.transactions(joined: false)
        #expect(parted.ended != nil && parted.leased != nil && parted.ended != parted.leased)
    }

    @Test("a pool that measures slow commits joins them, and says so with its heartbeat")
    func slowCommits() async throws {
        try await withQueue { queue, database in
            // A commit that takes ten milliseconds, as on a tired disk.
            try await database.execute(
                """
                CREATE FUNCTION rest() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN PERFORM pg_sleep(0.01); RETURN NULL; END $$
                """)
            try await database.execute(
                """
                CREATE CONSTRAINT TRIGGER rest AFTER INSERT ON job_batch DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION rest()
                """)
            var registry = JobRegistry()
            registry.register(ClosureHandler<Quick> { _, _ in .completed })
            let quick = registry
            let jobs = (0..<500).map { Quick(number: $0) }
            try await database.transaction { _ = try await queue.enqueue(copying: jobs, in: $0) }
            try await runWorker(queue, quick, queues: ["quick"]) {
                guard let load = try await queue.workers().first?.pools["quick"] else { return false }
                // Told once a batch has been leased in a flush that was timed.
                return load.joinsCommits == true && load.commitMicroseconds ?? 0 >= 1000
            } then: {
                try await eventually { try await count("unnest_ids", database) == 500 }
            }
        }
    }

    @Test("what has ended is written though the claim beside it fails")
    func claimFails() async throws {
        try await withQueue { queue, database in
            _ = try await queue.enqueue(Quick(number: 1), through: database)
            let worker = try await queue.register(name: "a")
            let job = try #require(try await queue.lease(1, from: "quick", to: worker).first)
            var acknowledgement = Acknowledgement()
            acknowledgement.batches = [try #require(job.batch)]
            let ending = JobQueue.statements(acknowledgement, of: worker)
            let answer = try await database.withConnection { connection throws(PostgresError) in
                try await connection.pipeline(groups: [ending, ["SELECT 1 / 0 AS claim"]])
            }
            #expect(throws: PostgresError.self) { try answer.groups[1].get() }
            #expect(try await queue.state(of: job.id) == .completed)
        }
    }
}
