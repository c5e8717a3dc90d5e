import Foundation
import Glibc
import JobLifecycle
import JobQueue
import Postgres

/// The database, the outside world and the processes of one run of the meter.
final class Bench {
    /// As the worker's program knows them.
    private struct Measured: Job {
        static let kind: JobKind = "measured"
        static let policy = JobPolicy(queue: "meter", retry: RetryPolicy(maxAttempts: 30_000), timeout: .seconds(60))

        let number: Int
    }

    private struct MeasuredInBatch: Job {
        static let kind: JobKind = "measured-in-batch"
        static let policy = JobPolicy(
            queue: "meter", retry: RetryPolicy(maxAttempts: 30_000), timeout: .seconds(60), leasing: .batched)

        let number: Int
    }

    private let database: Database
    private let queue: JobQueue
    private let url: String
    private let outside: String
    private let mutant: String
    private(set) var processes: [MeasuredProcess] = []
    private var jobs = 0

    init(database: Database, url: String, outside: String, mutant: String) {
        self.database = database
        self.queue = JobQueue(database: database)
        self.url = url
        self.outside = outside
        self.mutant = mutant
    }

    func prepare() async throws {
        // No key: the queue's fence alone keeps effects single here.
        try await self.database.execute("CREATE TABLE meter_effect (number bigint NOT NULL, attempt bigint NOT NULL)")
    }

    func start(clock: String? = nil) throws {
        self.processes.append(
            try MeasuredProcess.start(database: self.url, outside: self.outside, mutant: self.mutant, clock: clock))
    }

    func replace(_ process: MeasuredProcess) throws {
        let fresh = try MeasuredProcess.start(database: self.url, outside: self.outside, mutant: self.mutant)
        self.processes = self.processes.map { $0 === process ? fresh : $0 }
    }

    func endAll() {
        for process in self.processes { process.end() }
    }

    /// Sees to it that there is always something to run.
    func refill() async throws {
        guard try await self.live() < 300 else { return }
        var graph = JobGraph()
        for number in self.jobs..<(self.jobs + 100) {
            if number.isMultiple(of: 2) {
                graph.add(MeasuredInBatch(number: number))
            } else {
                graph.add(Measured(number: number))
            }
        }
        self.jobs += 100
        try await self.queue.enqueue(graph, scope: .none, in: self.database)
    }

    /// Attempts that the queue took back from workers it gave up.
    func rescued() async throws -> Set<MeasuredProcess.Attempt> {
        let rows = try await self.database.rows(
            "SELECT id, attempt::integer AS attempt FROM job_outcome WHERE state = 'rescued' ORDER BY id")
        return Set(
            try rows.map { row in
                let number: Int32 = try row("attempt")
                return MeasuredProcess.Attempt(job: try row("id"), number: Int(number))
            })
    }

    /// Until nobody believes any more that a frozen process lives: no lease is left of those it announced.
    func waitUntilGivenUp(_ process: MeasuredProcess) async throws {
        let jobs = process.announced
        try await Self.wait(.seconds(20)) {
            let held = try await self.database.rows(
                """
                SELECT id, attempt::integer AS attempt FROM job_status
                WHERE state = 'running' AND id = ANY (\(jobs.map(\.job))::bigint[]) ORDER BY id
                """)
            return try held.allSatisfy { row in
                let number: Int32 = try row("attempt")
                return !jobs.contains(MeasuredProcess.Attempt(job: try row("id"), number: Int(number)))
            }
        }
    }

    /// Until every job has ended; gives up when nothing is left to wait for.
    func waitForAll() async throws {
        try? await Self.wait(.seconds(60)) { try await self.live() == 0 }
        // What a worker does after it has said that it is done.
        try await Task.sleep(for: .milliseconds(200))
    }

    /// Times that some worker has written, and that lie more than ten minutes away from the server's.
    func oddTimes() async throws -> Int64 {
        try await self.number(
            """
            SELECT (SELECT count(*) FROM job_outcome
                    WHERE abs(extract(epoch FROM finished_at - now())) > 600 OR abs(extract(epoch FROM started_at - now())) > 600)
                 + (SELECT count(*) FROM job_done WHERE abs(extract(epoch FROM finished_at - now())) > 600)
                 + (SELECT count(*) FROM job_worker WHERE abs(extract(epoch FROM seen - now())) > 600) AS n
            """)
    }

    func count(into reading: inout KillMeter.Reading) async throws {
        reading.jobs = self.jobs
        let unfinished: Int64 = try await self.number(
            "SELECT count(*) AS n FROM job_status WHERE queue = 'meter' AND state <> 'completed'")
        let happened: Int64 = try await self.number("SELECT count(DISTINCT number) AS n FROM meter_effect")
        let all: Int64 = try await self.number("SELECT count(*) AS n FROM meter_effect")
        let files = try FileManager.default.contentsOfDirectory(atPath: self.outside)
        let touched = Set(files.map { $0.prefix { $0 != "." } })
        // Of four jobs two are leased by themselves, and of the other two one records.
        reading.lost = Int(unfinished) + (self.jobs / 4 * 3 - Int(happened)) + (self.jobs - touched.count)
        reading.doubled = Int(all - happened) + (files.count - touched.count)
    }

    private func live() async throws -> Int64 {
        try await self.number(
            """
            SELECT count(*) AS n FROM job_status
            WHERE queue = 'meter' AND state IN ('scheduled', 'available', 'running', 'retryable')
            """)
    }

    private func number(_ sql: SQL) async throws -> Int64 { try await self.database.row(sql)?("n") ?? 0 }

    private static func wait(_ limit: Duration, _ condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw KillMeter.VoidMeasurement(reason: "it did not come to pass in \(limit)")
    }
}
