public import FoundationEssentials
public import JobLifecycle

/// Why a job does not run at this moment: the first thing that stands in its way.
public enum WaitReason: Equatable, Sendable {
    /// It runs.
    case running(on: WorkerID)
    /// It has ended.
    case ended(JobState)
    /// It waits for other jobs; the first twenty of them.
    case dependencies(missing: Int, on: [JobID])
    /// It is due at a time.
    case scheduled(until: Date)
    /// It failed and rests.
    case resting(until: Date, after: Failure?)
    /// Its key has no free slot; so many jobs of the key come first, counted up to 10,000.
    case keyLimit(key: String, limit: Int, ahead: Int)
    case queuePaused
    /// No worker that lives serves its queue.
    case noWorker
    /// All pools of its queue are paused or draining, or have no slots.
    case poolsClosed
    /// All pools of its queue leave jobs of its priority alone; the largest number that any takes.
    case notUrgentEnough(leastUrgent: Int)
    /// The queue's limit of attempts at a time is reached.
    case queueLimit(Int)
    /// The rate limit of the queue allows the next attempt in so long, or that of its kind or key allows its own.
    case rateLimit(next: Duration)
    /// No worker has met its kind: it was given back again and again.
    case unknownKind(JobKind)
    /// It is its turn after so many others, counted up to 10,000.
    case turn(ahead: Int)
}

extension WaitReason {
    /// Stable, for programs.
    public var code: String {
        switch self {
        case .running: "running"
        case .ended: "ended"
        case .dependencies: "dependencies"
        case .scheduled: "scheduled"
        case .resting: "resting"
        case .keyLimit: "key-limit"
        case .queuePaused: "queue-paused"
        case .noWorker: "no-worker"
        case .poolsClosed: "pools-closed"
        case .notUrgentEnough: "not-urgent-enough"
        case .queueLimit: "queue-limit"
        case .rateLimit: "rate-limit"
        case .unknownKind: "unknown-kind"
        case .turn: "turn"
        }
    }
}

extension WaitReason: CustomStringConvertible {
    /// A sentence for a person.
    public var description: String {
        switch self {
        case .running(let worker): "it runs, in worker \(worker)"
        case .ended(let state): "it has ended: \(state.rawValue)"
        case .dependencies(let missing, let jobs):
            "it waits for \(missing) other jobs: \(jobs.map(\.description).joined(separator: ", "))"
        case .scheduled(let date): "it is due at \(date.formatted(.iso8601))"
        case .resting(let date, let failure):
            "it failed (\(failure?.code ?? "worker lost")) and will be tried again at \(date.formatted(.iso8601))"
        case .keyLimit(let key, let limit, let ahead):
            "\(limit) jobs of \(key) may run at a time, and \(ahead) of them come first"
        case .queuePaused: "its queue is paused"
        case .noWorker: "no worker serves its queue"
        case .poolsClosed: "the pools of its queue are paused, draining, or have no slots"
        case .notUrgentEnough(let least): "the pools of its queue take priorities up to \(least) only"
        case .queueLimit(let limit): "\(limit) jobs of its queue may run at a time, and they do"
        case .rateLimit(let next):
            "a rate limit of its queue, kind or key lets it wait for another \(next.components.seconds) s"
        case .unknownKind(let kind): "no worker knows the kind \(kind)"
        case .turn(let ahead): "\(ahead) jobs come before it"
        }
    }
}
