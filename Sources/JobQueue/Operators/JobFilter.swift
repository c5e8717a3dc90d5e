public import Content
public import FoundationEssentials
public import JobLifecycle

/// Which jobs are meant: those to which everything said applies. A list that is empty says nothing.
public struct JobFilter: Equatable, Sendable {
    public var ids: [JobID] = []
    public var queues: [QueueName] = []
    public var kinds: [JobKind] = []
    /// Of completed jobs only the latest are looked at: 20,000 that ended by themselves, and those of 1,000 batches.
    public var states: [JobState] = []
    public var scope: UUID?
    /// A company sees its own jobs only.
    public var developer: DeveloperID?
    public var key: String?
    public var worker: WorkerID?
    /// The code of the latest attempt's failure.
    public var failure: String?
    public var createdAfter: Date?
    public var createdBefore: Date?

    public init() {}

    public init(ids: [JobID]) { self.ids = ids }

    /// Whether it says nothing at all, and so means every job.
    public var isEmpty: Bool { self == JobFilter() }
}

/// What an operator does to jobs.
public enum JobAction: String, CaseIterable, Sendable {
    /// Makes it due now, with all its attempts: a discarded or cancelled job again ("redrive"), a scheduled or retryable one
    /// earlier. What a job waits for that lives, or is retried with it, is waited for again; jobs that were cancelled
    /// because it had failed come back with it.
    case retry
    /// Ends it, waiting or running, with its followers.
    case cancel
    /// As ``cancel``, but counted as failed: for a job that would go on failing.
    case discard
}

/// What an action did, or would do.
public struct BulkResult: Equatable, Sendable {
    public let action: JobAction
    public let isDryRun: Bool
    /// Jobs that the filter means.
    public let matched: Int
    /// Jobs that were, or would be, changed; the others stand where the action does not apply.
    public let changed: Int
    /// Jobs that were cancelled because those they waited for had failed, and that a retry of these revived; 0 in a dry run.
    public let followers: Int
    /// The first hundred of the changed, oldest first.
    public let sample: [JobID]
    /// Whether more jobs match than one call changes: repeat it.
    public let isTruncated: Bool
}
