import FoundationEssentials
import JobLifecycle
import JobQueue
import Postgres
import Testing

/// A worker that freezes inside the transaction that ends a job holds that job's lease locked.
@Suite("Frozen in the midst of an end")
struct FrozenEndTests {
    /// Stays inside the recording of an end until it is let go, as a frozen process does.
    private func freeze(
        _ job: LeasedJob, _ queue: JobQueue, _ body: () async throws -> Void
    ) async throws -> Result<Fence, any Error> {
        let (frozen, began) = AsyncStream.makeStream(of: Void.self)
        let (thaw, letGo) = AsyncStream.makeStream(of: Void.self)
        let ending = Task {
            try await queue.end(job, as: .completed) { transaction in
                try await transaction.execute("INSERT INTO effect VALUES (\(job.worker.rawValue))")
                began.yield()
                _ = await thaw.first { _ in true }
            }
        }
        _ = await frozen.first { _ in true }
        try await body()
        letGo.yield()
        return await ending.result
    }

    @Test(
        "others' jobs are rescued all the same; its own is free as soon as its session is ended, and it changes nothing"
    )
    func frozen() async throws {
        try await withQueue { queue, database in
            try await database.execute("CREATE TABLE effect (worker integer)")
            for number in 0..<4 { _ = try await queue.enqueue(Noop(number: number), through: database) }
            try await database.transaction {
                _ = try await queue.enqueue(copying: (0..<4).map { Quick(number: $0) }, in: $0)
            }
            let frozen = try await queue.register(name: "frozen")
            let dead = try await queue.register(name: "dead")
            let single = try await queue.lease(2, from: "test", to: frozen)
            #expect(try await queue.lease(2, from: "test", to: dead).count == 2)
            #expect(try await queue.lease(4, from: "quick", to: dead).count == 4)
            let alive = try await queue.register(name: "alive")
            try await database.execute(
                "UPDATE job_worker SET seen = now() - interval '10 seconds' WHERE id <> \(alive.rawValue)")

            let late = try await self.freeze(single[0], queue) {
                #expect(try await queue.rescue(silentFor: .seconds(4)) == 2)
                #expect(try await queue.lease(10, from: "test", to: alive).count == 3, "all but the locked one")
                #expect(try await queue.lease(10, from: "quick", to: alive).count == 4)
                #expect(try await queue.endSessions(ofDeadFor: .seconds(60)) == 0, "it may still come to its end")
                try await Task.sleep(for: .milliseconds(50))
                let health = try await queue.health()
                #expect(health.lockedLeases.isEmpty, "not yet for a second")
                try await Task.sleep(for: .seconds(1))
                #expect(try await queue.health().problems.contains { $0.code == "locked-lease" })
                #expect(try await queue.endSessions(ofDeadFor: .milliseconds(50)) == 1)
                try await eventually { try await self.isBack(single[0], queue) }
                let again = try #require(try await queue.leaseOne(alive))
                #expect(again.id == single[0].id && again.attempt == 2)
                #expect(try await queue.end(again, as: .completed) == .held)
            }
            if case .success(let fence) = late { Issue.record("a session that was ended cannot commit: \(fence)") }
            #expect(try await queue.end(single[0], as: .completed) == .lost)
            #expect(try await count("effect", database) == 0)
        }
    }

    private func isBack(_ job: LeasedJob, _ queue: JobQueue) async throws -> Bool {
        _ = try await queue.rescue(silentFor: .seconds(4))
        return try await queue.state(of: job.id) == .available
    }

    @Test("one that thaws before its session is ended ends its job once, and nobody runs it again")
    func thawed() async throws {
        try await withQueue { queue, database in
            try await database.execute("CREATE TABLE effect (worker integer)")
            let job = try await queue.enqueue(Noop(), through: database)
            let slow = try await queue.register(name: "slow")
            let leased = try #require(try await queue.leaseOne(slow))
            let alive = try await queue.register(name: "alive")
            try await database.execute(
                "UPDATE job_worker SET seen = now() - interval '10 seconds' WHERE id = \(slow.rawValue)")
            let end = try await self.freeze(leased, queue) {
                let givenUp = try await queue.rescue(silentFor: .seconds(4))
                #expect(givenUp == 1)
                #expect(try await queue.leaseOne(alive) == nil)
            }
            let fence = try end.get()
            #expect(fence == .held)
            _ = try await queue.rescue(silentFor: .seconds(4))
            #expect(try await queue.state(of: job) == .completed)
            #expect(try await count("effect", database) == 1)
        }
    }
}
