import JobLifecycle
import JobQueue

/// A job that does nothing, with a body of the size that real ones have.
struct Noop: Job {
    static let kind: JobKind = "noop"
    static let policy = JobPolicy(
        queue: "bench", retry: RetryPolicy(maxAttempts: 3), timeout: .seconds(60), leasing: .batched)

    /// What a probe is known by; -1 for the others.
    var seq = -1
    var build = "b12"
    var path = "content/paks/chunk_1.pak"
    var size = 4096
    var sha256 = String(repeating: "0123456789abcdef", count: 4)
}

/// Ends at once.
struct NoopHandler: JobHandler {
    /// Told when a probe begins.
    var onStart: @Sendable (Int) -> Void = { _ in }

    func perform(_ work: Noop, attempt: Attempt) async throws -> Outcome {
        if work.seq >= 0 { self.onStart(work.seq) }
        return .completed
    }
}
