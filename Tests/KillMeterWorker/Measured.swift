import Glibc
import JobLifecycle
import JobQueue
import Postgres

/// A job with an effect on the outside world and, if it records, one on the database, which must happen exactly once.
protocol Measurable: Job {
    var number: Int { get }
    var records: Bool { get }
}

/// Leased by itself.
struct Measured: Measurable {
    static let kind: JobKind = "measured"
    /// Killed jobs are attempted again and again; no number of kills may end one.
    static let policy = JobPolicy(queue: "meter", retry: RetryPolicy(maxAttempts: 30_000), timeout: .seconds(60))

    let number: Int
    var records: Bool { true }
}

/// Leased with others; every second one is also ended with others.
struct MeasuredInBatch: Measurable {
    static let kind: JobKind = "measured-in-batch"
    static let policy = JobPolicy(
        queue: "meter", retry: RetryPolicy(maxAttempts: 30_000), timeout: .seconds(60), leasing: .batched)

    let number: Int
    var records: Bool { self.number.isMultiple(of: 4) }
}

struct MeasuredHandler<Work: Measurable>: JobHandler {
    let database: Database
    let outside: String
    let mutant: Mutant
    let dwell: Duration

    func perform(_ work: Work, attempt: Attempt) async throws -> Outcome {
        self.stay(.began, attempt)
        if self.mutant == .hasty {
            Task {
                try await Task.sleep(for: self.dwell)
                self.stay(.touched, attempt)
                self.touchOutside(work, attempt)
                self.stay(.recording, attempt)
                guard work.records else { return }
                try await self.record(work, attempt, in: self.database)
            }
            return .completed
        }
        self.touchOutside(work, attempt)
        self.stay(.touched, attempt)
        guard work.records else { return .completed }
        if self.mutant == .unfenced {
            try await self.record(work, attempt, in: self.database)
            self.stay(.recording, attempt)
            return .completed
        }
        return .completed { transaction in
            try await self.record(work, attempt, in: transaction)
            self.stay(.recording, attempt)
        }
    }

    /// Says where it is, and stays there for a while, deaf to cancellation, as code deep inside a C library is.
    private func stay(_ phase: Phase, _ attempt: Attempt) {
        let line = Array("\(phase.rawValue) \(attempt.job) \(attempt.number)\n".utf8)
        // One write of a short line is never mixed with others.
        _ = unsafe line.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
        usleep(UInt32(self.dwell / .microseconds(1)))
    }

    private func touchOutside(_ work: Work, _ attempt: Attempt) {
        let name = self.mutant == .unkeyed ? "\(work.number).\(attempt.number)" : "\(work.number).effect"
        // A directory is there or not, at once; a second one of the name is refused.
        _ = unsafe mkdir("\(self.outside)/\(name)", 0o700)
    }

    private func record(_ work: Work, _ attempt: Attempt, in executor: some SQLExecutor) async throws {
        try await executor.execute(
            "INSERT INTO meter_effect (number, attempt) VALUES (\(Int64(work.number)), \(Int64(attempt.number)))")
    }
}

/// Where in an attempt a worker is.
enum Phase: String, CaseIterable {
    /// Nothing has happened yet.
    case began
    /// The outside world has its effect; the database has not.
    case touched
    /// Inside the transaction that ends the job.
    case recording
}
