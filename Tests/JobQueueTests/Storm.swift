import FoundationEssentials
import JobLifecycle
import JobQueue
import Postgres
import Testing

/// Jobs in bulk, on which something comes down while they run: each must end once, and record once.
struct Storm: Sendable {
    /// Short ones, leased in batches.
    let short: Int
    /// Ones that record.
    let recording: Int
    /// How long each takes.
    var dwell = Duration.milliseconds(4)
    let seen = Seen()

    /// Nothing keeps an effect from being there twice but the queue.
    func prepare(_ queue: JobQueue, _ database: Database) async throws {
        try await database.execute("CREATE TABLE effect (number integer NOT NULL)")
        try await self.enqueue(from: 0, queue, database)
    }

    func enqueue(from first: Int, _ queue: JobQueue, _ database: Database) async throws {
        try await database.transaction { transaction in
            let jobs = (0..<self.short).map { Sturdy(number: first + $0) }
            _ = try await queue.enqueue(copying: jobs, in: transaction)
            var graph = JobGraph()
            for number in 0..<self.recording { graph.add(Recorded(number: first + number)) }
            _ = try await queue.enqueue(graph, scope: .none, in: transaction)
        }
    }

    var registry: JobRegistry {
        var registry = JobRegistry()
        registry.register(
            ClosureHandler<Sturdy> { [seen, dwell] work, _ in
                try await Task.sleep(for: dwell)
                seen.insert(work.number)
                return .completed
            })
        registry.register(
            ClosureHandler<Recorded> { [dwell] work, _ in
                try await Task.sleep(for: dwell)
                return .completed { try await $0.execute("INSERT INTO effect VALUES (\(work.number))") }
            })
        return registry
    }

    /// Whether so many rounds of jobs have ended; false while the database cannot say.
    func isOver(rounds: Int = 1, _ database: Database) async -> Bool {
        guard let effects = try? await count("effect", database), let ended = try? await count("unnest_ids", database)
        else { return false }
        return effects >= self.recording * rounds && ended >= self.short * rounds
    }

    /// Nothing was lost, nothing was done twice, nothing is left.
    func check(rounds: Int = 1, _ queue: JobQueue, _ database: Database) async throws {
        let row = try #require(
            try await database.row(
                """
                SELECT (SELECT count(*) FROM effect) AS effects, (SELECT count(DISTINCT number) FROM effect) AS distinct_effects,
                       (SELECT coalesce(sum(cardinality(ids)), 0)::bigint FROM job_done) AS ended,
                       (SELECT count(DISTINCT one) FROM job_done, unnest(ids) AS one) AS distinct_ended,
                       (SELECT count(*) FROM job) AS jobs,
                       (SELECT count(*) FROM (SELECT id FROM job_outcome WHERE final GROUP BY id HAVING count(*) > 1) AS two)
                           AS ended_twice,
                       (SELECT count(*) FROM job_status WHERE state <> 'completed') AS unfinished,
                       (SELECT count(*) FROM job_ready) + (SELECT count(*) FROM job_lease)
                       + (SELECT count(*) FROM job_batch) + (SELECT count(*) FROM job_later) AS standing
                """))
        let short = Int64(self.short * rounds), recording = Int64(self.recording * rounds)
        for (column, expected) in [
            ("effects", recording), ("distinct_effects", recording), ("ended", short), ("distinct_ended", short),
            ("jobs", short + recording), ("ended_twice", 0), ("unfinished", 0), ("standing", 0),
        ] {
            let found: Int64 = try row(column)
            #expect(found == expected, "\(column)")
        }
        #expect(self.seen.count == self.short * rounds)
    }
}
