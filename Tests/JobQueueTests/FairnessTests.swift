import FoundationEssentials
import JobLifecycle
import JobQueue
import Postgres
import Testing

@Suite("Turns of keys")
struct FairnessTests {
    private func enqueue(
        _ count: Int, for key: String, _ queue: JobQueue, _ database: Database
    ) async throws -> [JobID] {
        var graph = JobGraph()
        for number in 0..<count { graph.add(Noop(number: number)) }
        let jobs = graph
        return try await database.transaction {
            try await queue.enqueue(jobs, scope: JobScope(id: nil, developer: nil, key: key), in: $0)
        }
    }

    @Test("a studio with ten jobs is not kept waiting by one with two thousand that came first")
    func turns() async throws {
        try await withQueue { queue, database in
            _ = try await self.enqueue(2000, for: "large", queue, database)
            let small = Set(try await self.enqueue(10, for: "small", queue, database))
            let worker = try await queue.register(name: "w")
            let first = try await queue.lease(24, from: "test", to: worker)
            #expect(first.filter { small.contains($0.id) }.count == 10)
        }
    }

    @Test("who has taken many turns gets no credit for having been away")
    func noCredit() async throws {
        try await withQueue { queue, database in
            _ = try await self.enqueue(100, for: "a", queue, database)
            let worker = try await queue.register(name: "w")
            let taken = try await queue.lease(60, from: "test", to: worker)
            #expect(taken.count == 60)
            try await database.execute(
                """
                INSERT INTO job_lane (queue, priority, reached)
                SELECT queue, priority, min(rank) FROM job_ready GROUP BY queue, priority
                ON CONFLICT (queue, priority) DO UPDATE SET reached = EXCLUDED.reached
                """)
            let late = Set(try await self.enqueue(40, for: "b", queue, database))
            let next = try await queue.lease(40, from: "test", to: worker)
            let share = next.filter { late.contains($0.id) }.count
            #expect((18...22).contains(share), "both have as many turns from here on")
        }
    }

    @Test("a key of three times the weight gets three times the turns")
    func weights() async throws {
        try await withQueue { queue, database in
            _ = try await queue.number(of: "test")
            try await queue.change(key: "heavy", of: "test", weight: .set(30), by: "tester")
            let light = Set(try await self.enqueue(200, for: "light", queue, database))
            _ = try await self.enqueue(200, for: "heavy", queue, database)
            let worker = try await queue.register(name: "w")
            let first = try await queue.lease(100, from: "test", to: worker)
            let share = first.filter { light.contains($0.id) }.count
            #expect((20...30).contains(share))
        }
    }

    @Test("a rescued or released job keeps its turn")
    func keepsTurn() async throws {
        try await withQueue { queue, database in
            let ids = try await self.enqueue(5, for: "a", queue, database)
            let worker = try await queue.register(name: "w")
            let leased = try await queue.lease(2, from: "test", to: worker)
            #expect(try await queue.end(leased[0], as: .released) == .held)
            try await database.execute("UPDATE job_worker SET seen = now() - interval '10 seconds'")
            #expect(try await queue.rescue(silentFor: .seconds(4)) == 1)
            let other = try await queue.register(name: "v")
            #expect(try await queue.lease(5, from: "test", to: other).map(\.id) == ids)
        }
    }

    @Test("no priority is passed over for ever: every eighth claim of a worker is for those who have waited longest")
    func aging() async throws {
        struct Patient: Job {
            static let kind: JobKind = "patient"
            static let policy = JobPolicy(
                queue: "test", retry: RetryPolicy(maxAttempts: 3), timeout: .seconds(60), priority: 100)
        }
        try await withQueue { queue, database in
            let patient = try await queue.enqueue(Patient(), through: database)
            let done = Seen()
            var registry = JobRegistry()
            registry.register(
                ClosureHandler<Patient> { _, _ in
                    done.insert(1)
                    return .completed
                })
            // Each urgent job makes the next one, so that there are always some.
            registry.register(
                ClosureHandler<Noop> { work, _ in
                    .completed { transaction in
                        guard done.count == 0 else { return }
                        try await queue.enqueue(Noop(number: work.number), in: transaction)
                    }
                })
            for number in 0..<6 { _ = try await queue.enqueue(Noop(number: number), through: database) }
            try await runWorker(queue, registry, slots: 1) { done.count == 1 }
            #expect(try await queue.state(of: patient) == .completed)
        }
    }
}
