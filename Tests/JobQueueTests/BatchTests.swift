import FoundationEssentials
import JobLifecycle
import JobQueue
import Postgres
import Testing

@Suite("Batches of short jobs")
struct BatchTests {
    private func enqueue(_ count: Int, _ queue: JobQueue, _ database: Database) async throws {
        let jobs = (0..<count).map { Quick(number: $0) }
        try await database.transaction { _ = try await queue.enqueue(copying: jobs, in: $0) }
    }

    private func registry(_ body: @escaping @Sendable (Quick, Attempt) async throws -> Outcome) -> JobRegistry {
        var registry = JobRegistry()
        registry.register(ClosureHandler<Quick>(body: body))
        return registry
    }

    @Test("all of them run once, and each has its end")
    func runsAll() async throws {
        try await withQueue { queue, database in
            let seen = Seen()
            try await self.enqueue(3000, queue, database)
            let registry = self.registry { work, _ in
                seen.insert(work.number)
                return .completed
            }
            try await runWorker(queue, registry) { try await count("unnest_ids", database) == 3000 }
            #expect(seen.numbers == Set(0..<3000))
            #expect(try await count("job_batch", database) == 0)
            #expect(try await count("job_outcome", database) == 0, "nothing but sums of ids is written")
            let some = try await queue.jobs(JobFilter(), limit: 3)
            #expect(some.allSatisfy { $0.state == .completed && $0.finishedAt != nil })
            #expect(try await queue.statistics(over: .seconds(60)).map(\.completed) == [3000])
        }
    }

    @Test("those that fail, snooze or record leave the batch one by one, and the rest is not disturbed")
    func mixed() async throws {
        struct OnPurpose: Error {}
        try await withQueue { queue, database in
            try await database.execute("CREATE TABLE effect (number integer)")
            try await self.enqueue(100, queue, database)
            let registry = self.registry { work, attempt in
                switch work.number % 10 {
                case 0 where attempt.number == 1: throw OnPurpose()
                case 1:
                    return .completed { try await $0.execute("INSERT INTO effect VALUES (\(work.number))") }
                default: return .completed
                }
            }
            try await runWorker(queue, registry) {
                try await queue.jobs(JobFilter(), limit: 200).allSatisfy { $0.state == .completed }
            }
            #expect(try await count("effect", database) == 10)
            var filter = JobFilter()
            filter.states = [.completed]
            let jobs = try await queue.jobs(filter, limit: 200)
            #expect(jobs.count == 100)
            #expect(try await count("job_batch", database) == 0)
            let retried: Int64? = try await database.row(
                "SELECT count(*) AS n FROM job_outcome WHERE state = 'retried'")?("n")
            #expect(retried == 10)
        }
    }

    @Test("a dead worker's batch goes to others whole; its late end counts for nothing")
    func rescue() async throws {
        try await withQueue { queue, database in
            try await self.enqueue(20, queue, database)
            let dead = try await queue.register(name: "dead")
            let leased = try await queue.lease(20, from: "quick", to: dead)
            #expect(leased.count == 20)
            _ = try await queue.end(leased[3], as: .completed)
            try await database.execute("UPDATE job_worker SET seen = now() - interval '10 seconds'")
            let alive = try await queue.register(name: "alive")
            #expect(try await queue.rescue(silentFor: .seconds(4)) == 1)
            #expect(try await queue.end(leased[4], as: .completed) == .lost)
            let again = try await queue.lease(50, from: "quick", to: alive)
            #expect(again.count == 19)
            #expect(again.allSatisfy { $0.attempt == 2 })
            #expect(try await queue.lease(50, from: "quick", to: dead).isEmpty)
        }
    }

    @Test("one of a batch can be cancelled: it is gone from the batch, and cannot be ended")
    func cancel() async throws {
        try await withQueue { queue, database in
            try await self.enqueue(5, queue, database)
            let worker = try await queue.register(name: "w")
            let leased = try await queue.lease(5, from: "quick", to: worker)
            #expect(try await queue.cancel(leased[2].id, because: Failure(code: "x", message: "x", retryable: true)))
            #expect(try await queue.end(leased[2], as: .completed) == .lost)
            #expect(try await queue.state(of: leased[2].id) == .cancelled)
            #expect(try await queue.state(of: leased[1].id) == .running)
            #expect(try await queue.end(leased[1], as: .completed) == .held)
        }
    }

    @Test("one that takes too long is cancelled and fails with stage-timeout")
    func late() async throws {
        try await withQueue { queue, database in
            try await self.enqueue(2, queue, database)
            let registry = self.registry { work, _ in
                if work.number == 0 { try await Task.sleep(for: .seconds(60)) }
                return .completed
            }
            try await runWorker(queue, registry) {
                try await queue.jobs(JobFilter(), limit: 10).filter { $0.state == .discarded }.count == 1
            }
            var filter = JobFilter()
            filter.states = [.discarded]
            #expect(try await queue.jobs(filter).map { $0.failure?.code } == ["stage-timeout"])
        }
    }

    @Test("what was leased ahead and not begun is given back at shutdown, uncounted")
    func givenBack() async throws {
        try await withQueue { queue, database in
            try await self.enqueue(50, queue, database)
            let began = Seen()
            let registry = self.registry { work, _ in
                began.insert(work.number)
                try await Task.sleep(for: .seconds(60))
                return .completed
            }
            try await runWorker(queue, registry, slots: 2, grace: .milliseconds(50)) { began.count == 2 }
            let jobs = try await queue.jobs(JobFilter(), limit: 100)
            #expect(jobs.count == 50)
            #expect(jobs.allSatisfy { $0.state == .available && $0.attempt == 0 })
        }
    }

    @Test("COPY keeps the order, odd characters and the limits of a payload")
    func copies() async throws {
        struct Text: Job {
            static let kind: JobKind = "text"
            static let policy = Quick.policy
            var text: String
        }
        try await withQueue { queue, database in
            let texts = ["plain", "tab\tnew\nline", #"back\slash "quote""#, "Привет", ""]
            try await database.transaction {
                _ = try await queue.enqueue(copying: texts.map { Text(text: $0) }, in: $0)
            }
            let worker = try await queue.register(name: "w")
            let leased = try await queue.lease(10, from: "quick", to: worker)
            let read = try leased.map { try JSONDecoder().decode(Text.self, from: Data($0.payload.utf8)).text }
            #expect(read == texts)
            let huge = Text(text: String(repeating: "x", count: 70_000))
            await #expect(throws: JobQueueError.self) {
                try await database.transaction { _ = try await queue.enqueue(copying: [huge], in: $0) }
            }
            await #expect(throws: JobQueueError.self) { _ = try await queue.enqueue(huge, through: database) }
        }
    }
}
