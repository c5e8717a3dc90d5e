public import FoundationEssentials
public import JobLifecycle

/// A job, and what surrounds it.
public struct JobDetail: Sendable {
    public let status: JobStatus
    /// JSON.
    public let payload: String
    /// JSON that the latest attempt left for the next.
    public let checkpoint: String?
    public let reason: WaitReason
    /// The attempts that ended, oldest first; the last hundred.
    public let attempts: [AttemptRecord]
    /// Jobs it still waits for, and jobs that wait for it; of one that has ended, those whose end it never saw, and those
    /// that were cancelled with it. At most a hundred of each.
    public let parents: [JobID]
    public let followers: [JobID]
}

/// How one attempt ended.
public struct AttemptRecord: Sendable {
    public let attempt: Int
    /// `completed`, `retried`, `snoozed`, `released`, `rescued`, `discarded`, `cancelled`.
    public let end: String
    public let worker: WorkerID?
    public let startedAt: Date?
    public let finishedAt: Date
    public let failure: Failure?
}
