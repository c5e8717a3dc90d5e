public import FoundationEssentials

/// Who changed what.
public struct AuditEntry: Sendable {
    public let id: Int64
    public let at: Date
    /// As the caller named it; `self-tuning` for the queue's own moves.
    public let actor: String
    /// `queue.change`, `pool.change`, `key.change`, `rate.change`, `job.retry`, `job.cancel`, `job.discard`, `job.priority`, `cron.pause`, `cron.resume`.
    public let action: String
    /// A queue, a queue and node (`hash@node-1`), a queue and key, a job, or a filter.
    public let subject: String
    /// JSON; nil when there was nothing before.
    public let before: String?
    /// JSON.
    public let after: String?
}
