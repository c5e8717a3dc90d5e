/// Why something did not succeed, in a form that people, programs and tables share.
///
/// Written as JSON with the names below in snake case. Lists in it are complete up to their bound, not first-error-only.
public struct Failure: Codable, Equatable, Sendable {
    /// Stable, lower-case words joined by hyphens; never localised.
    public var code: String
    /// The stage of the pipeline it happened in.
    public var stage: String?
    /// One sentence for a person.
    public var message: String
    /// What that person can do.
    public var hint: String?
    /// The file of the build it is about.
    public var path: String?
    /// Where in that file or in the upload.
    public var offset: Int64?
    public var expected: String?
    public var actual: String?
    /// Whether the same input may succeed another time.
    public var retryable: Bool
    public var attempt: Int?
    /// Everything that is wrong, when it is more than one thing.
    public var problems: [Problem]?

    public init(
        code: String, message: String, retryable: Bool, stage: String? = nil, hint: String? = nil, path: String? = nil,
        offset: Int64? = nil, expected: String? = nil, actual: String? = nil, problems: [Problem]? = nil
    ) {
        self.code = code
        self.message = message
        self.retryable = retryable
        self.stage = stage
        self.hint = hint
        self.path = path
        self.offset = offset
        self.expected = expected
        self.actual = actual
        self.problems = problems
    }

    /// One of several things that are wrong.
    public struct Problem: Codable, Equatable, Sendable {
        public var code: String
        public var path: String?
        public var message: String

        public init(code: String, path: String?, message: String) {
            self.code = code
            self.path = path
            self.message = message
        }
    }
}

/// An error that can say what a ``Failure`` says.
///
/// Errors that do not conform count as retryable and unexpected.
public protocol FailureConvertible: Error {
    var failure: Failure { get }
}

extension Failure {
    /// What any error amounts to.
    public init(describing error: any Error) {
        if let convertible = error as? any FailureConvertible {
            self = convertible.failure
        } else {
            self.init(code: "internal-error", message: "\(error)", retryable: true)
        }
    }
}
