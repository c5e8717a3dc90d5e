import Access
import HTTPTypes
import Storefront

extension HTTPProblem {
    /// The same request is being done at this moment.
    static let requestInFlight: HTTPProblem = {
        var problem = HTTPProblem(
            status: .conflict, code: "request-in-flight",
            detail: "A request with this Idempotency-Key is being done at this moment.")
        problem.headers[.retryAfter] = "1"
        return problem
    }()

    static let idempotencyKeyReused = HTTPProblem(
        status: .unprocessableContent, code: "idempotency-key-reused",
        detail: "This Idempotency-Key stands for another request. Nothing was done.",
        members: JSONObject([("hint", "Use a new key for a new request.")]))

    /// The type and its member are those of draft-ietf-httpapi-ratelimit-headers §5.
    static func rateLimited(_ standing: RateStanding) -> HTTPProblem {
        var problem = HTTPProblem(
            status: .tooManyRequests, code: "rate-limited", detail: "There were too many requests.",
            members: JSONObject([("violated-policies", .array(standing.violated.map { .string($0.name) }))]))
        problem.type = "https://iana.org/assignments/http-problem-types#quota-exceeded"
        problem.headers[.retryAfter] = String(standing.retryAfter)
        return problem
    }
}
