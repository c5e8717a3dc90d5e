import FoundationEssentials
import JobLifecycle
import JobQueue
import Postgres
import Testing

@Suite("Rescue")
struct RescueTests {
    @Test("a silent worker's jobs go to others, and its late words count for nothing")
    func silence() async throws {
        try await withQueue { queue, database in
            try await database.execute("CREATE TABLE effect (worker integer)")
            let job = try await queue.enqueue(Noop(), through: database)
            let frozen = try await queue.register(name: "frozen")
            let late = try #require(try await queue.leaseOne(frozen))
            #expect(try await queue.rescue(silentFor: .seconds(60)) == 0)
            try await database.execute("UPDATE job_worker SET seen = now() - interval '10 seconds'")
            let alive = try await queue.register(name: "alive")
            #expect(try await queue.rescue(silentFor: .seconds(4)) == 1)
            #expect(try await queue.heartbeat(frozen, sleeping: []) == nil)
            let again = try #require(try await queue.leaseOne(alive))
            #expect(again.id == job && again.attempt == 2)
            for (leased, expected) in [(late, Fence.lost), (again, .held), (late, .lost)] {
                let fence = try await queue.end(leased, as: .completed) { transaction in
                    try await transaction.execute("INSERT INTO effect VALUES (\(leased.worker.rawValue))")
                }
                #expect(fence == expected)
            }
            let workers: [Int32] = try await database.rows("SELECT worker FROM effect").map { try $0("worker") }
            #expect(workers == [alive.rawValue])
        }
    }

    @Test("a heartbeat says which leases a worker still holds")
    func leases() async throws {
        try await withQueue { queue, database in
            let scope = JobScope(id: .init(), developer: nil)
            let kept = try await queue.enqueue(Noop(), through: database)
            _ = try await queue.enqueue(Noop(), scope: scope, through: database)
            let worker = try await queue.register(name: "w")
            _ = try await queue.lease(10, from: "test", to: worker)
            let scopeID = try #require(scope.id)
            try await database.transaction {
                _ = try await queue.cancel(
                    scope: scopeID, except: nil, because: Failure(code: "x", message: "x", retryable: false), in: $0)
            }
            let answer = try #require(try await queue.heartbeat(worker, sleeping: ["test"]))
            #expect(answer.leases.map(\.job) == [kept])
        }
    }

    @Test("rescuing at the same moment from many places takes each job back once")
    func concurrentRescue() async throws {
        try await withQueue { queue, database in
            var graph = JobGraph()
            for number in 0..<50 { graph.add(Noop(number: number)) }
            let jobs = graph
            _ = try await database.transaction { try await queue.enqueue(jobs, scope: .none, in: $0) }
            let dead = try await queue.register(name: "dead")
            #expect(try await queue.lease(50, from: "test", to: dead).count == 50)
            try await database.execute("UPDATE job_worker SET seen = now() - interval '10 seconds'")
            let rescued = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 { group.addTask { try await queue.rescue(silentFor: .seconds(4)) } }
                return try await group.reduce(0, +)
            }
            #expect(rescued == 1)
            let alive = try await queue.register(name: "alive")
            #expect(try await queue.lease(100, from: "test", to: alive).count == 50)
        }
    }
}
