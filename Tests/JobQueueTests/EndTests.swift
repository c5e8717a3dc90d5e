import FoundationEssentials
import JobLifecycle
import JobQueue
import Postgres
import Testing

@Suite("Ending an attempt")
struct EndTests {
    private let failure = Failure(code: "test", message: "on purpose", retryable: true)

    @Test("what is recorded commits with the end, once")
    func recording() async throws {
        try await withQueue { queue, database in
            try await database.execute("CREATE TABLE effect (job bigint)")
            let job = try await queue.enqueue(Noop(), through: database)
            let worker = try await queue.register(name: "w")
            let leased = try #require(try await queue.leaseOne(worker))
            for expected in [Fence.held, .lost, .lost] {
                let fence = try await queue.end(leased, as: .completed) { transaction in
                    try await transaction.execute("INSERT INTO effect VALUES (\(job))")
                }
                #expect(fence == expected)
            }
            #expect(try await queue.state(of: job) == .completed)
            #expect(try await database.rows("SELECT job FROM effect").count == 1)
        }
    }

    @Test("a recording that fails leaves the job as it was")
    func failingRecording() async throws {
        struct Broken: Error {}
        try await withQueue { queue, database in
            let job = try await queue.enqueue(Noop(), through: database)
            let worker = try await queue.register(name: "w")
            let leased = try #require(try await queue.leaseOne(worker))
            await #expect(throws: Broken.self) {
                try await queue.end(leased, as: .completed) { _ in throw Broken() }
            }
            #expect(try await queue.state(of: job) == .running)
        }
    }

    @Test("a retried job is due after its rest and counts its attempts; a snoozed or released one does not")
    func attempts() async throws {
        try await withQueue { queue, database in
            let job = try await queue.enqueue(Noop(), through: database)
            let worker = try await queue.register(name: "w")
            for (end, next) in [
                (AttemptEnd.retried(after: .milliseconds(0), self.failure), 2), (.snoozed(for: .zero), 2),
                (.released, 2), (.retried(after: .milliseconds(0), self.failure), 3),
            ] {
                let leased = try #require(try await queue.leaseOne(worker))
                #expect(try await queue.end(leased, as: end) == .held)
                try await queue.promoteDue()
                let again = try #require(try await queue.leaseOne(worker))
                #expect(again.attempt == next, "after \(end)")
                _ = try await queue.end(again, as: .released)
            }
            #expect(try await queue.status(of: job, developer: nil)?.failure == nil)
        }
    }

    @Test("a follower becomes available with the last of its parents, however they end at once", arguments: [2, 20])
    func fanIn(parents: Int) async throws {
        try await withQueue { queue, database in
            var graph = JobGraph()
            let nodes = (0..<parents).map { graph.add(Noop(number: $0)) }
            graph.add(Noop(number: -1), after: nodes)
            let jobs = graph
            let ids = try await database.transaction { try await queue.enqueue(jobs, scope: .none, in: $0) }
            let worker = try await queue.register(name: "w")
            let leased = try await queue.lease(100, from: "test", to: worker)
            #expect(leased.count == parents)
            #expect(try await queue.state(of: ids[parents]) == .scheduled)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for job in leased { group.addTask { _ = try await queue.end(job, as: .completed) } }
                try await group.waitForAll()
            }
            #expect(try await queue.lease(100, from: "test", to: worker).map(\.id) == [ids[parents]])
        }
    }

    @Test("when a parent is discarded its followers are cancelled, theirs too; tolerant ones run")
    func failedParent() async throws {
        try await withQueue { queue, database in
            var graph = JobGraph()
            let parent = graph.add(Noop())
            let child = graph.add(Noop(), after: [parent])
            let grandchild = graph.add(Noop(), after: [child])
            graph.add(Noop(), after: [parent, grandchild], when: .ended)
            let jobs = graph
            let ids = try await database.transaction { try await queue.enqueue(jobs, scope: .none, in: $0) }
            let worker = try await queue.register(name: "w")
            let leased = try #require(try await queue.leaseOne(worker))
            _ = try await queue.end(leased, as: .discarded(self.failure))
            #expect(try await queue.state(of: ids[0]) == .discarded)
            #expect(try await queue.state(of: ids[1]) == .cancelled)
            #expect(try await queue.state(of: ids[2]) == .cancelled)
            #expect(try await queue.leaseOne(worker)?.id == ids[3])
            // What is left tells what the two had waited for, should the parent be redriven.
            #expect(try await count("job_edge", database) == 2)
        }
    }

    @Test("cancelling a scope takes every job of it, and running ones are fenced off")
    func cancelScope() async throws {
        try await withQueue { queue, database in
            let scope = JobScope(id: .init(), developer: nil)
            var graph = JobGraph()
            let first = graph.add(Noop())
            graph.add(Noop(), delay: .seconds(100))
            graph.add(Noop(), after: [first])
            let jobs = graph
            let ids = try await database.transaction { try await queue.enqueue(jobs, scope: scope, in: $0) }
            let other = try await queue.enqueue(Noop(), through: database)
            let worker = try await queue.register(name: "w")
            let leased = try #require(try await queue.leaseOne(worker))
            let scopeID = try #require(scope.id)
            let count = try await database.transaction {
                try await queue.cancel(scope: scopeID, except: nil, because: self.failure, in: $0)
            }
            #expect(count == 3)
            #expect(try await queue.end(leased, as: .completed) == .lost)
            for id in ids { #expect(try await queue.state(of: id) == .cancelled) }
            #expect(try await queue.state(of: other) == .available)
        }
    }

    @Test("a discarded job can be retried, with all its attempts")
    func retry() async throws {
        try await withQueue { queue, database in
            let job = try await queue.enqueue(Noop(), through: database)
            let worker = try await queue.register(name: "w")
            let leased = try #require(try await queue.leaseOne(worker))
            #expect(try await !queue.retry(job))
            _ = try await queue.end(leased, as: .discarded(self.failure))
            #expect(try await queue.status(of: job, developer: nil)?.failure?.code == "test")
            #expect(try await queue.retry(job))
            #expect(try await !queue.retry(job))
            #expect(try await queue.leaseOne(worker)?.attempt == 1)
        }
    }
}
