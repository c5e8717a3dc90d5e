import BuildStore
import JobLifecycle
import JobQueue
import Metrics
import Postgres
import Synchronization

/// Tells what an attempt at a job of a patch takes in processor time, while it runs and at its end.
struct PatchMeter: Sendable {
    /// Of an attempt that is killed, what it took since it last told is not known.
    static let period = Duration.seconds(1)

    private let run: Int64
    private let builds: BuildStore
    private let attempt: Attempt
    private let counter: FloatingPointCounter
    private let counted = Counted()

    /// What the counter has been told already.
    private final class Counted: Sendable {
        private let spent = Mutex(Duration.zero)

        func grow(to now: Duration) -> Duration {
            self.spent.withLock { spent in
                defer { spent = max(spent, now) }
                return max(now - spent, .zero)
            }
        }
    }

    /// - Parameter plan: the job that planned the patch.
    /// - Returns: nil when one of the versions is gone.
    init?(_ work: some PatchJob, plan: JobID, attempt: Attempt, builds: BuildStore) async throws {
        let run = try await builds.beginPatchRun(
            from: work.from, to: work.to, plan: plan.rawValue, job: attempt.job.rawValue, attempt: attempt.number)
        guard let run else { return nil }
        self.run = run
        self.builds = builds
        self.attempt = attempt
        self.counter = Self.counter(of: type(of: work).kind)
    }

    /// Processor seconds of all patches that this process has worked on.
    static func counter(of kind: JobKind) -> FloatingPointCounter {
        FloatingPointCounter(label: "slipway_patch_cpu_seconds_total", dimensions: [("kind", kind.rawValue)])
    }

    /// Tells what the attempt has taken so far; stops the patch when that is more than it may take.
    func tell() async throws {
        let spent = self.count()
        try await self.builds.tell(spent, of: self.run)
    }

    private func count() -> Duration {
        let spent = self.attempt.processorTime
        self.counter.increment(by: self.counted.grow(to: spent) / .seconds(1))
        return spent
    }

    /// Runs the work of an attempt, and tells what it takes once a second, and with its end.
    func callAsFunction(_ work: @escaping @Sendable () async throws -> Outcome) async throws -> Outcome {
        do {
            return self.ending(try await self.watching(work))
        } catch {
            // Not cut short by what ended the attempt; what cannot be told now was told a second ago.
            _ = await Task { try await self.tell() }.result
            throw error
        }
    }

    private func watching(_ work: @escaping @Sendable () async throws -> Outcome) async throws -> Outcome {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: Self.period)
                    guard !Task.isCancelled else { return }
                    try? await self.tell()
                }
            }
            return try await work()
        }
    }

    private func ending(_ outcome: Outcome) -> Outcome {
        guard case .completed(let recording) = outcome else { return outcome }
        return .completed { transaction in
            // First: what is recorded of the patch has what it cost.
            try await self.builds.end(self.run, spent: self.count(), in: transaction)
            try await recording?(transaction)
        }
    }
}
