import Foundation
import Glibc
import JobLifecycle
import JobQueue
import Postgres
import TestKit

/// Kills and freezes worker processes in the middle of their jobs, and counts what became of the effects.
struct KillMeter {
    /// What it found.
    struct Reading: Sendable {
        /// Attempts whose handler was truly running when its process was struck, and which the queue took back.
        var interrupted = 0
        /// Of these, by a freeze past the lease.
        var frozen = 0
        var strikes = 0
        var jobs = 0
        /// Jobs that did not complete, and effects that never happened.
        var lost = 0
        /// Effects that happened more than once.
        var doubled = 0

        /// Attempts that the queue took back, whyever.
        var rescued = 0
        /// Times in the database that lie far from the server's.
        var oddTimes: Int64 = 0

        var isExact: Bool { self.lost == 0 && self.doubled == 0 }
    }

    /// What the worker's program is to do wrong, or ``brokenFence``.
    let mutant: String
    /// The mutant whose handlers are right, and whose queue accepts an end whoever holds the job.
    static let brokenFence = "broken-fence"
    /// Interrupted attempts to reach.
    let wanted: Int
    /// Strikes at most: a run that interrupts less than this is void.
    let strikes: Int
    /// How far the clock of each process is off.
    var clocks: [String?] = [nil, nil, nil]

    private static let phases = ["began", "touched", "recording"]

    func run() async throws -> Reading {
        let outside = FileManager.default.temporaryDirectory.appending(path: "slipway-meter-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: outside) }
        return try await withMigratedDatabase { url in
            guard self.mutant == Self.brokenFence else {
                return try await self.run(url, workersBy: url, mutant: self.mutant, outside: outside.path)
            }
            return try await StatementProxy.run(before: url, changing: Self.withoutFence) { wire, proxy in
                let reading = try await self.run(url, workersBy: wire, mutant: "none", outside: outside.path)
                guard proxy.changes > 0 else { throw VoidMeasurement(reason: "the fence was not found, nor broken") }
                return reading
            }
        }
    }

    /// - Parameter wire: where the workers find the database.
    private func run(_ url: String, workersBy wire: String, mutant: String, outside: String) async throws -> Reading {
        let database = Database(DatabaseConfiguration(url: url, maxConnections: 4))
        let bench = Bench(database: database, url: wire, outside: outside, mutant: mutant)
        do {
            let reading = try await self.measure(bench)
            bench.endAll()
            await database.close()
            return reading
        } catch {
            bench.endAll()
            await database.close()
            throw error
        }
    }

    /// The queue's own fence, `JobQueue.end`: takes the lease whoever has it, and goes on when there is none.
    private static let withoutFence: StatementProxy.Change = { statement in
        guard statement.hasPrefix("DELETE FROM job_lease\nWHERE id = $1"), statement.hasSuffix("RETURNING leased_at")
        else { return nil }
        return """
            WITH gone AS (DELETE FROM job_lease WHERE id = $1 RETURNING leased_at)
            SELECT coalesce((SELECT leased_at FROM gone), now()) AS leased_at
            WHERE $2::smallint IS NOT NULL AND $3::integer IS NOT NULL
            """
    }

    private func measure(_ bench: Bench) async throws -> Reading {
        try await bench.prepare()
        for clock in self.clocks { try bench.start(clock: clock) }
        try await bench.refill()
        var reading = Reading()
        var killed: Set<MeasuredProcess.Attempt> = []
        var frozen: Set<MeasuredProcess.Attempt> = []
        while reading.strikes < self.strikes, reading.interrupted < self.wanted {
            let process = bench.processes[reading.strikes % bench.processes.count]
            let phase = Self.phases[reading.strikes % Self.phases.count]
            let isFreeze = reading.strikes % 4 == 3
            // What was taken back before was not this strike's doing.
            let before = try await bench.rescued()
            try await Self.strike(process, at: phase, with: isFreeze ? SIGSTOP : SIGKILL, bench)
            reading.strikes += 1
            if isFreeze {
                try await bench.waitUntilGivenUp(process)
                frozen.formUnion(process.announced.subtracting(before))
                process.send(SIGCONT)
            } else {
                process.end()
                killed.formUnion(process.announced.subtracting(before))
                try bench.replace(process)
            }
            reading.interrupted = try await bench.rescued().intersection(killed.union(frozen)).count
        }
        try await bench.waitForAll()
        try await bench.count(into: &reading)
        let rescued = try await bench.rescued()
        reading.rescued = rescued.count
        reading.oddTimes = try await bench.oddTimes()
        reading.frozen = rescued.intersection(frozen).count
        reading.interrupted = rescued.intersection(killed.union(frozen)).count
        return reading
    }

    /// Strikes, and sees to it that there is always something to run.
    private static func strike(
        _ process: MeasuredProcess, at phase: String, with signal: Int32, _ bench: Bench
    ) async throws {
        for _ in 0..<60 {
            try await bench.refill()
            if await process.strike(at: phase, with: signal) { return }
            guard !process.hasEnded else { throw VoidMeasurement(reason: "a worker ended by itself") }
        }
        throw VoidMeasurement(reason: "a worker did nothing for half a minute")
    }

    /// The measurement says nothing.
    struct VoidMeasurement: Error { let reason: String }
}
