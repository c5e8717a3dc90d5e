public import JobLifecycle

/// Why the queue refused what was asked of it. Everything else that goes wrong is a `PostgresError`.
public enum JobQueueError: Error, Equatable, Sendable {
    case unknownQueue(QueueName)
    case unknownJob(JobID)
    /// Values out of their bounds; the path of each is the setting's name.
    case invalidSettings([Failure.Problem])
    /// More jobs match than one call may change; narrow the filter, or repeat the call.
    case tooManyJobs(limit: Int)
    /// The payload's JSON is larger than ``JobQueue/largestPayload``.
    case payloadTooLarge(kind: JobKind, bytes: Int, limit: Int)
}

extension JobQueueError: FailureConvertible {
    public var failure: Failure {
        switch self {
        case .unknownQueue(let name):
            Failure(
                code: "queue-unknown", message: "there is no queue \(name)", retryable: false,
                hint: "a queue appears with its first job or worker; see the list of queues")
        case .unknownJob(let id): Failure(code: "job-unknown", message: "there is no job \(id)", retryable: false)
        case .invalidSettings(let problems):
            Failure(
                code: "settings-invalid", message: "settings are out of their bounds", retryable: false,
                problems: problems)
        case .tooManyJobs(let limit):
            Failure(
                code: "too-many-jobs", message: "more than \(limit) jobs match", retryable: false,
                hint: "narrow the filter, or repeat the call until none is left")
        case .payloadTooLarge(let kind, let bytes, let limit):
            Failure(
                code: "payload-too-large",
                message: "the payload of this \(kind) job has \(bytes) bytes; \(limit) are allowed", retryable: false,
                hint: "a payload carries identifiers; put the data where they point to")
        }
    }
}
