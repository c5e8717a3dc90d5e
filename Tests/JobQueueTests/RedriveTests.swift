import FoundationEssentials
import JobLifecycle
import JobQueue
import Postgres
import Testing

@Suite("Redrive with followers")
struct RedriveTests {
    private let failure = Failure(code: "test", message: "on purpose", retryable: true)

    private func enqueue(_ graph: JobGraph, _ queue: JobQueue, _ database: Database) async throws -> [JobID] {
        try await database.transaction { try await queue.enqueue(graph, scope: .none, in: $0) }
    }

    private func end(_ id: JobID, as end: AttemptEnd, _ queue: JobQueue, _ worker: WorkerID) async throws {
        let job = try #require(try await queue.leaseOne(worker))
        #expect(job.id == id)
        #expect(try await queue.end(job, as: end) == .held)
    }

    @Test("what was cancelled because its parent failed comes back with the parent, and runs after it, in order")
    func chain() async throws {
        try await withQueue { queue, database in
            var graph = JobGraph()
            let parent = graph.add(Noop())
            let child = graph.add(Noop(), after: [parent])
            let other = graph.add(Noop(), after: [parent])
            graph.add(Noop(), after: [child, other])
            let ids = try await self.enqueue(graph, queue, database)
            let worker = try await queue.register(name: "w")
            try await self.end(ids[0], as: .discarded(self.failure), queue, worker)
            for id in ids[1...] { #expect(try await queue.state(of: id) == .cancelled) }
            let dry = try await queue.apply(.retry, to: JobFilter(ids: [ids[0]]), isDryRun: true, by: "t")
            #expect(dry.changed == 1 && dry.followers == 0)
            #expect(try await queue.state(of: ids[1]) == .cancelled)
            let result = try await queue.apply(.retry, to: JobFilter(ids: [ids[0]]), isDryRun: false, by: "t")
            #expect(result.changed == 1 && result.followers == 3)
            #expect(try await queue.reason(of: ids[3]) == .dependencies(missing: 2, on: [ids[1], ids[2]]))
            for id in ids { try await self.end(id, as: .completed, queue, worker) }
            for id in ids { #expect(try await queue.state(of: id) == .completed) }
            #expect(try await count("job_edge", database) == 0)
        }
    }

    @Test("of two failed parents both must come back before their follower does")
    func twoParents() async throws {
        try await withQueue { queue, database in
            var graph = JobGraph()
            let parents = [graph.add(Noop()), graph.add(Noop())]
            graph.add(Noop(), after: parents)
            let ids = try await self.enqueue(graph, queue, database)
            let worker = try await queue.register(name: "w")
            for id in ids[..<2] { try await self.end(id, as: .discarded(self.failure), queue, worker) }
            #expect(
                try await queue.apply(.retry, to: JobFilter(ids: [ids[0]]), isDryRun: false, by: "t").followers == 0)
            try await self.end(ids[0], as: .completed, queue, worker)
            #expect(try await queue.state(of: ids[2]) == .cancelled)
            #expect(
                try await queue.apply(.retry, to: JobFilter(ids: [ids[1]]), isDryRun: false, by: "t").followers == 1)
            #expect(try await queue.reason(of: ids[2]) == .dependencies(missing: 1, on: [ids[1]]))
            try await self.end(ids[1], as: .completed, queue, worker)
            try await self.end(ids[2], as: .completed, queue, worker)
        }
    }

    @Test("who was cancelled by a person stays so; retried alone, it waits for what lives and for nothing that is dead")
    func byPerson() async throws {
        try await withQueue { queue, database in
            var graph = JobGraph()
            let live = graph.add(Noop()), dead = graph.add(Noop())
            graph.add(Noop(), after: [live, dead])
            let ids = try await self.enqueue(graph, queue, database)
            #expect(try await queue.cancel(ids[2], because: self.failure))
            #expect(try await queue.cancel(ids[1], because: self.failure))
            #expect(
                try await queue.apply(.retry, to: JobFilter(ids: [ids[1]]), isDryRun: false, by: "t").followers == 0)
            #expect(try await queue.state(of: ids[2]) == .cancelled)
            #expect(try await queue.cancel(ids[1], because: self.failure))
            #expect(try await queue.retry(ids[2]))
            #expect(try await queue.reason(of: ids[2]) == .dependencies(missing: 1, on: [ids[0]]))
            let worker = try await queue.register(name: "w")
            try await self.end(ids[0], as: .completed, queue, worker)
            try await self.end(ids[2], as: .completed, queue, worker)
        }
    }

    @Test("a build that was cancelled whole is retried whole, and keeps its order")
    func wholeScope() async throws {
        try await withQueue { queue, database in
            let scope = JobScope(id: .init(), developer: nil)
            var graph = JobGraph()
            var last: [JobGraph.Node] = []
            for number in 0..<5 { last = [graph.add(Noop(number: number), after: last)] }
            let jobs = graph
            let ids = try await database.transaction { try await queue.enqueue(jobs, scope: scope, in: $0) }
            var filter = JobFilter()
            filter.scope = scope.id
            #expect(try await queue.apply(.cancel, to: filter, isDryRun: false, by: "t").changed == 5)
            let again = try await queue.apply(.retry, to: filter, isDryRun: false, by: "t")
            #expect(again.changed == 5 && again.followers == 0)
            let worker = try await queue.register(name: "w")
            for id in ids { try await self.end(id, as: .completed, queue, worker) }
        }
    }

    @Test("parents that end, fail and are redriven at the same moment never leave a follower waiting for nobody")
    func races() async throws {
        try await withQueue { queue, database in
            let worker = try await queue.register(name: "w")
            for round in 0..<15 {
                var graph = JobGraph()
                let parents = (0..<4).map { graph.add(Noop(number: $0)) }
                graph.add(Noop(number: 4), after: parents)
                let ids = try await self.enqueue(graph, queue, database)
                let leased = try await queue.lease(4, from: "test", to: worker)
                _ = try await queue.end(leased[0], as: .discarded(self.failure))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try await queue.retry(ids[0]) }
                    group.addTask { _ = try await queue.end(leased[1], as: .completed) }
                    group.addTask {
                        let end = round.isMultiple(of: 2) ? AttemptEnd.completed : .discarded(self.failure)
                        _ = try await queue.end(leased[2], as: end)
                    }
                    group.addTask { _ = try await queue.end(leased[3], as: .completed) }
                    try await group.waitForAll()
                }
                _ = try await queue.retry(ids[2])
                for _ in 0..<3 {
                    for job in try await queue.lease(9, from: "test", to: worker) {
                        _ = try await queue.end(job, as: .completed)
                    }
                }
                // A redrive that came before the other's failure has left it to the next one.
                #expect(try await queue.state(of: ids[4]) == .completed, "round \(round)")
            }
        }
    }
}
