import FoundationEssentials
import JobLifecycle
import JobQueue
import Postgres
import Testing

@Suite("A job that leaves the rest of its work to others")
struct ContinuationTests {
    private let failure = Failure(code: "test", message: "on purpose", retryable: true)

    /// A job, and one that waits for it, or for its end.
    private func pair(
        _ queue: JobQueue, _ database: Database, when condition: JobGraph.Condition = .completed
    ) async throws -> (parent: JobID, child: JobID) {
        var graph = JobGraph()
        let parent = graph.add(Noop(number: 0))
        graph.add(Noop(number: 1), after: [parent], when: condition)
        let jobs = graph
        let ids = try await database.transaction { try await queue.enqueue(jobs, scope: .none, in: $0) }
        return (ids[0], ids[1])
    }

    /// Ends the parent, which leaves so many others in its place.
    private func split(
        into count: Int, _ queue: JobQueue, _ worker: WorkerID, key: String? = nil
    ) async throws -> [JobID] {
        let leased = try #require(try await queue.leaseOne(worker))
        let fence = try await queue.end(leased, as: .completed) { transaction in
            var graph = JobGraph()
            for number in 0..<count { graph.add(Noop(number: 10 + number)) }
            try await queue.enqueue(
                graph, continuing: leased.id, scope: JobScope(id: nil, developer: nil, key: key), in: transaction)
        }
        #expect(fence == .held)
        return try await queue.lease(100, from: "test", to: worker).map { leased in
            leased.id
        }
    }

    @Test("whoever waits for it waits for them, and runs after the last", arguments: [nil, "studio"])
    func followers(key: String?) async throws {
        try await withQueue { queue, database in
            let (parent, child) = try await self.pair(queue, database)
            let worker = try await queue.register(name: "w")
            let parts = try await self.split(into: 5, queue, worker, key: key)
            #expect(parts.count == 5)
            #expect(try await queue.state(of: parent) == .completed)
            #expect(try await queue.reason(of: child) == .dependencies(missing: 5, on: parts))
        }
    }

    @Test("with no others to leave, whoever waits runs at once")
    func nothing() async throws {
        try await withQueue { queue, database in
            let (_, child) = try await self.pair(queue, database)
            let worker = try await queue.register(name: "w")
            #expect(try await self.split(into: 0, queue, worker) == [child])
        }
    }

    @Test("an end that is undone leaves nobody")
    func undone() async throws {
        struct Broken: Error {}
        try await withQueue { queue, database in
            let (parent, child) = try await self.pair(queue, database)
            let worker = try await queue.register(name: "w")
            let leased = try #require(try await queue.leaseOne(worker))
            await #expect(throws: Broken.self) {
                try await queue.end(leased, as: .completed) { transaction in
                    var graph = JobGraph()
                    graph.add(Noop())
                    try await queue.enqueue(graph, continuing: leased.id, scope: .none, in: transaction)
                    throw Broken()
                }
            }
            #expect(try await queue.reason(of: child) == .dependencies(missing: 1, on: [parent]))
            #expect(try await count("job_edge", database) == 1)
        }
    }

    @Test("they end at once, and the follower is taken in once", arguments: [1, 12])
    func race(parts: Int) async throws {
        try await withQueue { queue, database in
            let (_, child) = try await self.pair(queue, database)
            let worker = try await queue.register(name: "w")
            let leased = try #require(try await queue.leaseOne(worker))
            _ = try await queue.end(leased, as: .completed) { transaction in
                var graph = JobGraph()
                for number in 0..<parts { graph.add(Noop(number: number)) }
                try await queue.enqueue(graph, continuing: leased.id, scope: .none, in: transaction)
            }
            let jobs = try await queue.lease(100, from: "test", to: worker)
            #expect(jobs.count == parts)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for job in jobs { group.addTask { _ = try await queue.end(job, as: .completed) } }
                try await group.waitForAll()
            }
            #expect(try await queue.lease(100, from: "test", to: worker).map(\.id) == [child])
            #expect(try await count("job_edge", database) == 0)
        }
    }

    @Test("when one of them fails, who needed the job to complete is cancelled, and who waited for its end goes on")
    func failing() async throws {
        try await withQueue { queue, database in
            for condition in [JobGraph.Condition.completed, .ended] {
                let (_, child) = try await self.pair(queue, database, when: condition)
                let worker = try await queue.register(name: "w")
                let leased = try #require(try await queue.leaseOne(worker))
                _ = try await queue.end(leased, as: .completed) { transaction in
                    var graph = JobGraph()
                    for number in 0..<2 { graph.add(Noop(number: number)) }
                    try await queue.enqueue(graph, continuing: leased.id, scope: .none, in: transaction)
                }
                let jobs = try await queue.lease(2, from: "test", to: worker)
                _ = try await queue.end(jobs[0], as: .discarded(self.failure))
                _ = try await queue.end(jobs[1], as: .completed)
                switch condition {
                case .completed:
                    #expect(try await queue.state(of: child) == .cancelled)
                    // A redrive of the one brings the follower back, which waits for it alone.
                    let result = try await queue.apply(
                        .retry, to: JobFilter(ids: [jobs[0].id]), isDryRun: false, by: "t")
                    #expect(result.followers == 1)
                    let again = try #require(try await queue.leaseOne(worker))
                    #expect(again.id == jobs[0].id)
                    _ = try await queue.end(again, as: .completed)
                case .ended: break
                }
                let last = try #require(try await queue.leaseOne(worker))
                #expect(last.id == child)
                _ = try await queue.end(last, as: .completed)
            }
        }
    }
}
