import FoundationEssentials
import JobLifecycle
import JobQueue
import Postgres
import Testing

@Suite("Rates of kinds and keys")
struct RateTests {
    private struct Call: Job {
        static let kind: JobKind = "call"
        static let policy = Noop.policy

        var number = 0
    }

    private func enqueue(_ calls: Int, others: Int, _ queue: JobQueue, _ database: Database) async throws {
        var graph = JobGraph()
        for number in 0..<calls { graph.add(Call(number: number)) }
        for number in 0..<others { graph.add(Noop(number: number)) }
        let jobs = graph
        _ = try await database.transaction { try await queue.enqueue(jobs, scope: .none, in: $0) }
    }

    @Test("no more of a kind begin than its bucket holds; what is beyond is put off in order and in nobody's way")
    func kind() async throws {
        try await withQueue { queue, database in
            try await self.enqueue(40, others: 5, queue, database)
            try await queue.change(
                rateOf: .kind("call"), in: "test", to: RateLimit(perSecond: 0.1, burst: 3), by: "olga")
            let worker = try await queue.register(name: "w", kinds: ["call", "noop"])
            let first = try await queue.lease(10, from: "test", to: worker)
            #expect(first.filter { $0.kind == "call" }.count == 3)
            #expect(first.filter { $0.kind == "noop" }.count == 5, "behind forty of the other kind")
            #expect(try await queue.lease(10, from: "test", to: worker).isEmpty)
            #expect(try await count("job_ready", database) == 0)
            #expect(try await count("job_later", database) == 37)
            let times: [Date] = try await database.rows("SELECT run_at FROM job_later ORDER BY id").map {
                try $0("run_at")
            }
            for (earlier, later) in zip(times, times.dropFirst()) {
                #expect(abs(later.timeIntervalSince(earlier) - 10) < 0.5, "one in ten seconds")
            }
            let waiting = try #require(
                try await database.row("SELECT max(id) AS id FROM job_later").map { JobID(rawValue: try $0("id")) })
            guard case .rateLimit(let next) = try await queue.reason(of: waiting) else {
                Issue.record("it waits for its rate")
                return
            }
            #expect(next > .seconds(300))
            // Who comes later stands behind the line, though a token may be there.
            try await database.execute("UPDATE job_rate SET tokens = 1")
            let late = try await queue.enqueue(Call(number: 99), through: database)
            #expect(try await queue.lease(10, from: "test", to: worker).isEmpty)
            let last: Int64? = try await database.row("SELECT id FROM job_later ORDER BY run_at DESC LIMIT 1")?("id")
            #expect(last == late.rawValue)
            // Lifted, they are due.
            try await queue.change(rateOf: .kind("call"), in: "test", to: nil, by: "olga")
            #expect(try await queue.promoteDue() == 38)
            #expect(try await queue.lease(100, from: "test", to: worker).count == 38)
            #expect(try await queue.audit(of: "test").map(\.action) == ["rate.change", "rate.change"])
        }
    }

    @Test("who has room for fewer than the bucket holds takes the rest with the next claim, in order")
    func room() async throws {
        try await withQueue { queue, database in
            try await self.enqueue(30, others: 0, queue, database)
            try await queue.change(rateOf: .kind("call"), in: "test", to: RateLimit(perSecond: 0.1, burst: 5), by: "t")
            let worker = try await queue.register(name: "w")
            var begun = try await queue.lease(4, from: "test", to: worker)
            #expect(try await count("job_later", database) == 0)
            begun += try await queue.lease(4, from: "test", to: worker)
            #expect(begun.count == 5 && begun.map(\.id) == begun.map(\.id).sorted())
            #expect(try await count("job_later", database) == 25)
            #expect(try await count("job_ready", database) == 0)
        }
    }

    @Test("what stands in line goes by a changed rate, in the same order, and who comes later right behind it")
    func changed() async throws {
        try await withQueue { queue, database in
            try await self.enqueue(20, others: 0, queue, database)
            try await queue.change(
                rateOf: .kind("call"), in: "test", to: RateLimit(perSecond: 0.001, burst: 2), by: "t")
            let worker = try await queue.register(name: "w")
            #expect(try await queue.lease(50, from: "test", to: worker).count == 2)
            try await queue.change(rateOf: .kind("call"), in: "test", to: RateLimit(perSecond: 0.1, burst: 3), by: "t")
            #expect(try await queue.promoteDue() == 3)
            let late = try await queue.enqueue(Call(number: 99), through: database)
            #expect(try await queue.lease(50, from: "test", to: worker).count == 3)
            let line: [(id: Int64, seconds: Double)] = try await database.rows(
                "SELECT id, extract(epoch FROM run_at - min(run_at) OVER ())::float8 AS s FROM job_later ORDER BY run_at"
            ).map { (try $0("id"), try $0("s")) }
            #expect(line.count == 16 && line.map(\.id) == line.map(\.id).sorted() && line.last?.id == late.rawValue)
            for (place, job) in line.enumerated() { #expect(abs(job.seconds - 10 * Double(place)) < 0.5) }
        }
    }

    @Test("after an outage the line does not burst: what is overdue begins at its rate")
    func overdue() async throws {
        try await withQueue { queue, database in
            try await self.enqueue(20, others: 0, queue, database)
            try await queue.change(rateOf: .kind("call"), in: "test", to: RateLimit(perSecond: 1, burst: 2), by: "t")
            let worker = try await queue.register(name: "w")
            #expect(try await queue.lease(50, from: "test", to: worker).count == 2)
            // An hour later.
            try await database.execute("UPDATE job_later SET run_at = run_at - interval '1 hour'")
            try await database.execute(
                "UPDATE job_rate SET tokens_at = tokens_at - interval '1 hour', next_at = next_at - interval '1 hour'")
            #expect(try await queue.promoteDue() == 18)
            #expect(try await queue.lease(50, from: "test", to: worker).count == 2)
            #expect(try await count("job_ready", database) == 0)
            #expect(try await count("job_later", database) == 16)
        }
    }

    @Test("a key's rate holds beside its slots, which go to others while its jobs wait")
    func key() async throws {
        try await withQueue { queue, database in
            _ = try await queue.number(of: "test")
            try await queue.change("test", QueueChange(keyLimit: .set(2)), by: "t")
            try await queue.change(rateOf: .key("fast"), in: "test", to: RateLimit(perSecond: 0.01, burst: 1), by: "t")
            for key in ["fast", "slow"] {
                var graph = JobGraph()
                for number in 0..<4 { graph.add(Noop(number: number)) }
                let jobs = graph
                _ = try await database.transaction {
                    try await queue.enqueue(jobs, scope: JobScope(id: nil, developer: nil, key: key), in: $0)
                }
            }
            let worker = try await queue.register(name: "w")
            var begun: [Int64] = []
            for _ in 0..<8 {
                for job in try await queue.lease(10, from: "test", to: worker) {
                    begun.append(job.id.rawValue)
                    _ = try await queue.end(job, as: .completed)
                }
            }
            #expect(Set(begun).count == 5 && begun.count == 5, "one of the one, four of the other")
            let waiting = try await (count("job_later", database), count("job_held", database))
            #expect(waiting.0 + waiting.1 == 3)
            #expect(try await queue.shares(of: "test").allSatisfy { $0.used == 0 })
            #expect(try await queue.rates(of: "test").map(\.subject) == [.key("fast")])
        }
    }

    @Test("workers keep to a rate that is set while they run, and all jobs come to their end")
    func live() async throws {
        try await withQueue { queue, database in
            let watch = Watch()
            var registry = JobRegistry()
            registry.register(
                ClosureHandler<Call> { _, _ in
                    watch.began()
                    return .completed
                })
            let work = registry
            try await self.enqueue(30, others: 0, queue, database)
            try await queue.change(
                rateOf: .kind("call"), in: "test", to: RateLimit(perSecond: 0.001, burst: 5), by: "t")
            try await runWorker(queue, work, queues: ["test"]) {
                // The sixth token comes a quarter of an hour later.
                let putOff = try await count("job_paced", database)
                return watch.totals.jobs == 5 && putOff == 25
            } then: {
                try await queue.change(
                    rateOf: .kind("call"), in: "test", to: RateLimit(perSecond: 100, burst: 5), by: "t")
                try await eventually { watch.totals.jobs == 30 }
            }
            #expect(try await count("job_paced", database) == 0)
        }
    }

    @Test("rates beyond their bounds, of nothing, or of a queue that does not exist are refused")
    func refused() async throws {
        try await withQueue { queue, database in
            let number = try await queue.number(of: "test")
            _ = number
            for rate in [
                RateLimit(perSecond: 0, burst: 1), RateLimit(perSecond: 1, burst: 0),
                RateLimit(perSecond: .nan, burst: 1),
            ] {
                await #expect(throws: JobQueueError.self) {
                    try await queue.change(rateOf: .kind("call"), in: "test", to: rate, by: "t")
                }
            }
            await #expect(throws: JobQueueError.self) {
                try await queue.change(rateOf: .key(""), in: "test", to: RateLimit(perSecond: 1, burst: 1), by: "t")
            }
            await #expect(throws: JobQueueError.unknownQueue("nowhere")) {
                try await queue.change(rateOf: .kind("call"), in: "nowhere", to: nil, by: "t")
            }
            #expect(try await queue.rates(of: "test").isEmpty)
        }
    }
}
