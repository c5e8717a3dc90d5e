/// Something about prices that cannot be, or that somebody should look at twice.
public struct PricingFinding: Hashable, Sendable {
    public enum Severity: String, Sendable {
        /// Not taken.
        case error
        /// Taken, and said.
        case warning
    }

    public let severity: Severity
    /// A JSON pointer into the body of `PUT …/pricing`.
    public let pointer: String
    /// Stable: `range`, `unknown-value`, `precision`, `format`, `band`, `discount`, `window`.
    public let code: String
    public let message: String

    public init(_ severity: Severity, _ pointer: String, _ code: String, _ message: String) {
        self.severity = severity
        self.pointer = pointer
        self.code = code
        self.message = message
    }

    public var json: JSONValue {
        [
            "severity": .string(self.severity.rawValue), "pointer": .string(self.pointer), "code": .string(self.code),
            "message": .string(self.message),
        ]
    }
}
