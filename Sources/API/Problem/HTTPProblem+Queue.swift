import HTTPTypes
import JobLifecycle
import JobQueue
import Storefront

extension HTTPProblem {
    /// The one place where what the queue refuses becomes a status.
    init(_ error: JobQueueError) {
        let failure = error.failure
        switch error {
        case .unknownQueue, .unknownJob:
            self.init(status: .notFound, code: failure.code, detail: Self.sentence(failure.message))
        case .invalidSettings(let problems):
            self = .invalid(
                problems.map { FieldError(pointer: Self.pointer($0.path), code: Self.code($0), message: $0.message) })
        case .tooManyJobs(let limit):
            self.init(
                status: .unprocessableContent, code: failure.code, detail: Self.sentence(failure.message),
                members: JSONObject([("limit", .integer(limit))]))
        case .payloadTooLarge(_, _, let limit):
            self.init(
                status: .contentTooLarge, code: failure.code, detail: Self.sentence(failure.message),
                members: JSONObject([("limit", .integer(limit))]))
        }
        if self.members["hint"] == nil, let hint = failure.hint { self.members["hint"] = .string(Self.sentence(hint)) }
    }

    /// The queue names settings by its own words where the API has others.
    private static func pointer(_ setting: String?) -> String {
        switch setting {
        case nil: ""
        case "slots"?: "/concurrency"
        case "least_urgent"?: "/priority_floor"
        case "node"?: "?node"
        case "burst"?: "/rate/burst"
        case let name?: "/\(JSONPointer.escape(name))"
        }
    }

    private static func code(_ problem: Failure.Problem) -> String {
        switch problem.code {
        case "out-of-range": "range"
        case "too-long": "length"
        default: problem.code
        }
    }

    private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }
}
