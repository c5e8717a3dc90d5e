public import JobLifecycle

/// A unit of work: the payload of one kind of job.
///
/// Encoded as JSON into the job's row. Carries identifiers only: what they name is read when the job runs, so that a
/// payload never grows stale or large.
public protocol Job: Codable, Sendable {
    /// Stable; rows outlive programs.
    static var kind: JobKind { get }
    static var policy: JobPolicy { get }
}
