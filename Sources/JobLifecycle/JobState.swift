/// Where a job stands.
///
/// - scheduled → available, cancelled
/// - available → running, cancelled
/// - running → completed, retryable, scheduled (snoozed), available (released or rescued), discarded, cancelled
/// - retryable → available, cancelled
/// - completed, cancelled, discarded are final; an operator's retry makes a discarded job available again.
public enum JobState: String, Codable, CaseIterable, Sendable {
    /// Waits for a time or for other jobs.
    case scheduled
    /// Due; the next free worker takes it.
    case available
    /// Leased to a worker.
    case running
    /// Failed, and due again at a time.
    case retryable
    case completed
    case cancelled
    /// Failed for good.
    case discarded

    public var isFinal: Bool {
        switch self {
        case .completed, .cancelled, .discarded: true
        case .scheduled, .available, .running, .retryable: false
        }
    }
}
