import Content
import JobLifecycle
import Postgres
import Testing

@testable import JobQueue

@Suite("Runs of short jobs")
struct JobRunTests {
    @Test("numbers that follow each other are one run, which ends where 64 divides, at a gap, and where jobs differ")
    func runs() {
        let ids: [Int64] = [60, 61, 62, 63, 64, 65, 70, 71]
        #expect(
            JobRun.runs(of: ids) == [
                JobRun(first: 60, span: 4), JobRun(first: 64, span: 2), JobRun(first: 70, span: 2),
            ])
        #expect(JobRun.runs(of: ids) { _, next in next != 6 + 1 }.last == JobRun(first: 71))
        #expect(JobRun.runs(of: []).isEmpty)
        #expect(JobRun.runs(of: Array(256..<512)).map(\.span) == [64, 64, 64, 64])
    }

    private func enqueue(_ count: Int, _ queue: JobQueue, _ database: Database) async throws -> [JobID] {
        var graph = JobGraph()
        for number in 0..<count { graph.add(Quick(number: number)) }
        let jobs = graph
        return try await queue.enqueue(jobs, scope: .none, in: database)
    }

    private func rows(_ database: Database) async throws -> Int {
        let count: Int64 = try await database.row("SELECT count(*) AS n FROM job_ready")?("n") ?? -1
        return Int(count)
    }

    @Test("a claim takes just what it asks for out of runs, in their order, and nothing is lost or taken twice")
    func exact() async throws {
        try await withQueue { queue, database in
            let jobs = try await self.enqueue(300, queue, database)
            #expect(try await self.rows(database) <= 7)
            let worker = try await queue.register(name: "a")
            var taken: [JobID] = []
            for limit in [1, 2, 70, 64, 3, 1, 100, 500] {
                let leased = try await queue.lease(limit, from: "quick", to: worker)
                #expect(leased.count == min(limit, 300 - taken.count))
                taken += leased.map(\.id)
            }
            #expect(taken == jobs)
            #expect(try await self.rows(database) == 0)
        }
    }

    @Test("many workers at once share runs without a job twice or lost")
    func concurrent() async throws {
        try await withQueue { queue, database in
            let jobs = try await self.enqueue(1000, queue, database)
            let taken = try await withThrowingTaskGroup(of: [JobID].self) { group in
                for name in ["a", "b", "c", "d"] {
                    group.addTask {
                        let worker = try await queue.register(name: name)
                        var mine: [JobID] = []
                        var misses = 0
                        // What others hold at this moment is skipped; it is there again when they have committed.
                        while misses < 50 {
                            let leased = try await queue.lease(7, from: "quick", to: worker)
                            misses = leased.isEmpty ? misses + 1 : 0
                            mine += leased.map(\.id)
                        }
                        return mine
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(taken.count == 1000)
            #expect(Set(taken) == Set(jobs))
        }
    }

    @Test("jobs in the midst of a run are found, explained and cancelled one by one")
    func operators() async throws {
        try await withQueue { queue, database in
            let jobs = try await self.enqueue(64, queue, database)
            #expect(try await queue.state(of: jobs[0]) == .available)
            #expect(try await queue.state(of: jobs[40]) == .available)
            var filter = JobFilter()
            filter.states = [.available]
            #expect(try await queue.jobs(filter, limit: 100).count == 64)
            #expect(try await queue.depths().first { $0.queue == "quick" }?.ready == 64)
            for job in [jobs[40], jobs[0], jobs[63]] {
                let result = try await queue.apply(.cancel, to: JobFilter(ids: [job]), isDryRun: false, by: "t")
                #expect(result.changed == 1)
                #expect(try await queue.state(of: job) == .cancelled)
            }
            #expect(try await queue.depths().first { $0.queue == "quick" }?.ready == 61)
            let worker = try await queue.register(name: "a")
            let leased = try await queue.lease(100, from: "quick", to: worker)
            #expect(leased.map(\.id) == jobs.filter { ![jobs[40], jobs[0], jobs[63]].contains($0) })
        }
    }

    @Test("a limit of the queue counts jobs of a run one by one")
    func limit() async throws {
        try await withQueue { queue, database in
            let jobs = try await self.enqueue(200, queue, database)
            try await queue.change("quick", QueueChange(runningLimit: .set(1)), by: "t")
            let worker = try await queue.register(name: "a")
            _ = try await queue.lease(10, from: "quick", to: worker)
            let rest = try await queue.lease(10, from: "quick", to: worker)
            #expect(rest.isEmpty)
            #expect(try await queue.state(of: jobs[0]) == .running)
            #expect(try await queue.state(of: jobs[1]) == .available)
        }
    }

    @Test("a worker that dies gives all jobs of its runs back, and they keep their places")
    func rescue() async throws {
        try await withQueue { queue, database in
            let jobs = try await self.enqueue(100, queue, database)
            let dead = try await queue.register(name: "dead")
            _ = try await queue.lease(90, from: "quick", to: dead)
            try await database.execute("UPDATE job_worker SET seen = now() - interval '1 minute'")
            #expect(try await queue.rescue(silentFor: .seconds(4)) == 1)
            let worker = try await queue.register(name: "a")
            #expect(try await queue.lease(200, from: "quick", to: worker).map(\.id) == jobs)
        }
    }

    @Test("many short jobs that come by COPY stand in runs, long ones each for itself")
    func copy() async throws {
        try await withQueue { queue, database in
            let quick = (0..<640).map { Quick(number: $0) }
            try await database.transaction { _ = try await queue.enqueue(copying: quick, in: $0) }
            #expect(try await self.rows(database) <= 12)
            let long = (0..<20).map { Noop(number: $0) }
            try await database.transaction { _ = try await queue.enqueue(copying: long, in: $0) }
            let singles: Int64? = try await database.row(
                "SELECT count(*) AS n FROM job_ready WHERE traits & 1 = 0 AND span = 1")?("n")
            #expect(singles == 20)
        }
    }
}
