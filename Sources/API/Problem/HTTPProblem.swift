public import HTTPTypes
public import Storefront

/// Why a request was not done, as the client gets it (RFC 9457).
///
/// Everything in it may be read by anybody: no stack, no SQL, no path of this machine, no secret.
public struct HTTPProblem: Error, Equatable, Sendable {
    public var status: HTTPResponse.Status
    /// Stable; what programs look at.
    public var code: String
    /// The type's name where somebody else has given it one; ours otherwise.
    public var type: String?
    /// One sentence for a person.
    public var detail: String
    /// Everything that is wrong with the content, when that is what is wrong.
    public var errors: [FieldError] = []
    /// What else helps: `hint`, `current`, `allowed` and more.
    public var members: JSONObject
    public var headers: HTTPFields = [:]
    /// Whether the connection is of no use any more: its request will never end.
    var closesConnection = false

    public init(status: HTTPResponse.Status, code: String, detail: String, members: JSONObject = JSONObject()) {
        self.status = status
        self.code = code
        self.detail = detail
        self.members = members
    }

    /// The document, in the language of whoever reads it.
    func json(instance: String, requestID: String, language: Language) -> JSONValue {
        let text = language == .russian ? RussianProblems.texts[self.code] : nil
        var object = JSONObject([
            ("type", .string(self.type ?? "urn:slipway:problem:\(self.code)")),
            ("title", .string(text?.title ?? self.title)),
            ("status", .integer(self.status.code)), ("detail", .string(text?.detail ?? self.detail)),
            ("instance", .string(instance)),
            ("code", .string(self.code)), ("request_id", .string(requestID)),
        ])
        if !self.errors.isEmpty { object["errors"] = .array(self.errors.map(\.json)) }
        for (name, value) in self.members.members { object[name] = value }
        return .object(object)
    }

    /// The code in words, the same for all problems of one type.
    private var title: String {
        let words = self.code.split(separator: "-").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}

extension HTTPProblem {
    /// Absent or somebody else's: nobody can tell the two apart.
    static let notFound = HTTPProblem(
        status: .notFound, code: "not-found", detail: "There is nothing here, or it is not yours.")

    /// Values that cannot be taken, all of them.
    static func invalid(_ errors: [FieldError]) -> HTTPProblem {
        var problem = HTTPProblem(
            status: .unprocessableContent, code: "validation-failed",
            detail: errors.count == 1 ? "A value cannot be taken." : "\(errors.count) values cannot be taken.")
        problem.errors = errors
        return problem
    }

    static func invalid(_ pointer: String, _ code: String, _ message: String) -> HTTPProblem {
        .invalid([FieldError(pointer: pointer, code: code, message: message)])
    }

    /// Something we need does not answer.
    ///
    /// It says nothing about what that is.
    static func unavailable(retryAfter seconds: Int) -> HTTPProblem {
        var problem = HTTPProblem(
            status: .serviceUnavailable, code: "dependency-unavailable",
            detail: "Something this needs is not available at the moment. Nothing is lost; try again.")
        problem.headers[.retryAfter] = String(seconds)
        return problem
    }

    /// Our fault.
    ///
    /// What happened is in the log under the request's number.
    static let unexpected = HTTPProblem(
        status: .internalServerError, code: "internal-error",
        detail: "Something went wrong on our side. Quote the request_id when you report it.")

    static func tooManyAtOnce(_ what: String, limit: Int) -> HTTPProblem {
        var problem = HTTPProblem(
            status: .tooManyRequests, code: "concurrency-limited", detail: "There are too many \(what) at this moment.",
            members: JSONObject([("limit", .integer(limit))]))
        problem.headers[.retryAfter] = "1"
        return problem
    }

    /// A precondition does not hold; `current` is the entity tag that would.
    static func stale(current: EntityTag) -> HTTPProblem {
        var problem = HTTPProblem(
            status: .preconditionFailed, code: "etag-mismatch",
            detail: "It was changed since you read it. Read it again.",
            members: JSONObject([("current", .string(current.text))]))
        problem.headers[.eTag] = current.text
        return problem
    }

    static func invalidTransition(_ transition: InvalidTransition) -> HTTPProblem {
        HTTPProblem(
            status: .conflict, code: "invalid-transition",
            detail:
                "The \(transition.subject) is \(transition.current); '\(transition.requested)' is not possible now.",
            members: JSONObject([
                ("current", .string(transition.current)), ("requested", .string(transition.requested)),
                ("allowed", .array(transition.allowed.map { .string($0) })),
            ]))
    }
}

extension HTTPResponse.Status {
    /// RFC 4918 §11.5.
    static let insufficientStorage = HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
}
