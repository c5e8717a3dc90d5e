public import JobLifecycle
public import ObjectStore
public import Patching
public import Platform
public import Postgres
public import Staging

// What the faults of our own parts mean to the people who read a version's failure. None of them is the sender's.

extension ObjectStoreError: FailureConvertible {
    public var failure: Failure {
        Failure(
            code: self.isRetryable ? "store-unavailable" : "store-failed", message: "the object store failed: \(self)",
            retryable: true, hint: self.hint)
    }
}

extension StagingError: FailureConvertible {
    public var failure: Failure {
        switch self {
        case .diskFull(let needed, let free):
            Failure(
                code: "disk-full", message: "staging needs \(needed) and has \(free)", retryable: true,
                hint: "the operator makes room in the staging directory; then retry the version")
        case .missing(let path), .exists(let path), .intruded(let path):
            Failure(
                code: "staging-lost", message: "staging is not as it was left: \(self)", retryable: true,
                hint: "retry the version; workers of one build must share the staging directory", path: path)
        case .diskFailed, .endOfFile, .tooManyOpenFiles, .system:
            Failure(
                code: "staging-failed", message: "staging failed: \(self)", retryable: true,
                hint: "the operator looks at the disk of the staging directory")
        }
    }
}

extension PostgresError: FailureConvertible {
    public var failure: Failure {
        Failure(
            code: "database-unavailable", message: "the database failed: \(self.sqlState?.rawValue ?? "no connection")",
            retryable: true, hint: "the operator finds more in the worker's log")
    }
}

extension PatchError: FailureConvertible {
    public var failure: Failure {
        Failure(code: "patch-failed", message: "the patch could not be made: \(self)", retryable: true)
    }
}

extension ServiceError: FailureConvertible {
    public var failure: Failure {
        switch self {
        case .resting(let service, _), .unreachable(let service, _), .overloaded(let service, _, _):
            Failure(
                code: "dependency-unavailable", message: "the \(service) service does not answer", retryable: true,
                hint: "the operator looks at the \(service) service")
        case .refused(let service, let status, let code):
            Failure(
                code: "dependency-refused", message: "the \(service) service answered \(status) \(code ?? "")",
                retryable: true, hint: "the operator looks at the address and the token of the \(service) service")
        case .unreadable(let service, let reason):
            Failure(
                code: "dependency-unreadable", message: "the \(service) service answered something else: \(reason)",
                retryable: true, hint: "the operator compares the \(service) service with its contract")
        }
    }
}
