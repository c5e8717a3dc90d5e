import JobLifecycle
import JobQueue
import Postgres
import Testing

@Suite("Leasing")
struct LeaseTests {
    @Test("workers never lease the same job", arguments: [1, 7, 64])
    func leasesAreExclusive(limit: Int) async throws {
        try await withQueue { queue, database in
            var graph = JobGraph()
            for number in 0..<200 { graph.add(Noop(number: number)) }
            try await database.transaction { _ = try await queue.enqueue(graph, scope: .none, in: $0) }
            let leased = try await withThrowingTaskGroup(of: [JobID].self) { group in
                for name in ["a", "b", "c", "d"] {
                    group.addTask {
                        let worker = try await queue.register(name: name)
                        var ids: [JobID] = []
                        while true {
                            let jobs = try await queue.lease(limit, from: "test", to: worker)
                            guard !jobs.isEmpty else { return ids }
                            ids += jobs.map(\.id)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(leased.count == 200)
            #expect(Set(leased).count == 200)
        }
    }

    @Test("urgent jobs come first, then older ones")
    func order() async throws {
        struct Urgent: Job {
            static let kind: JobKind = "urgent"
            static let policy = JobPolicy(
                queue: "test", retry: RetryPolicy(maxAttempts: 1), timeout: .seconds(1), priority: -5)
        }
        try await withQueue { queue, database in
            let first = try await queue.enqueue(Noop(), through: database)
            let second = try await queue.enqueue(Noop(), through: database)
            let urgent = try await queue.enqueue(Urgent(), through: database)
            let worker = try await queue.register(name: "w")
            #expect(try await queue.lease(10, from: "test", to: worker).map(\.id) == [urgent, first, second])
        }
    }

    @Test("nothing is leased from a paused queue or an empty one")
    func paused() async throws {
        try await withQueue { queue, database in
            let worker = try await queue.register(name: "w")
            #expect(try await queue.lease(1, from: "nobody", to: worker).isEmpty)
            let job = try await queue.enqueue(Noop(), through: database)
            try await database.execute("UPDATE job_queue SET paused = true WHERE name = 'test'")
            #expect(try await queue.leaseOne(worker) == nil)
            #expect(try await queue.state(of: job) == .available)
            try await database.execute("UPDATE job_queue SET paused = false WHERE name = 'test'")
            #expect(try await queue.leaseOne(worker)?.id == job)
            #expect(try await queue.state(of: job) == .running)
        }
    }

    @Test("a job enqueued in a transaction that rolls back never existed")
    func rollback() async throws {
        struct Undo: Error {}
        try await withQueue { queue, database in
            await #expect(throws: Undo.self) {
                try await database.transaction { transaction in
                    _ = try await queue.enqueue(Noop(), in: transaction)
                    throw Undo()
                }
            }
            let worker = try await queue.register(name: "w")
            #expect(try await queue.leaseOne(worker) == nil)
        }
    }

    @Test("a job that is to wait is leased only when its time has come")
    func delayed() async throws {
        try await withQueue { queue, database in
            let job = try await queue.enqueue(Noop(), delay: .seconds(3600), through: database)
            let worker = try await queue.register(name: "w")
            #expect(try await queue.promoteDue() == 0)
            #expect(try await queue.state(of: job) == .scheduled)
            try await database.execute("UPDATE job_later SET run_at = now() - interval '1 second'")
            #expect(try await queue.promoteDue() == 1)
            #expect(try await queue.leaseOne(worker)?.id == job)
        }
    }

    @Test("of jobs with one key only one is enqueued while it lives")
    func unique() async throws {
        try await withQueue { queue, database in
            let first = try await database.transaction { try await queue.enqueue(Noop(), unique: "key", in: $0) }
            let second = try await database.transaction { try await queue.enqueue(Noop(), unique: "key", in: $0) }
            #expect(first != nil && second == nil)
            let worker = try await queue.register(name: "w")
            let leased = try #require(try await queue.leaseOne(worker))
            #expect(try await database.transaction { try await queue.enqueue(Noop(), unique: "key", in: $0) } == nil)
            _ = try await queue.end(leased, as: .completed)
            #expect(try await database.transaction { try await queue.enqueue(Noop(), unique: "key", in: $0) } != nil)
        }
    }
}
