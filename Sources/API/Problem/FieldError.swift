import Storefront

/// One thing that is wrong with a request's content.
public struct FieldError: Equatable, Sendable {
    /// A JSON pointer into the body, or `?name` for the query, or a header's name.
    public let pointer: String
    /// Stable: `required`, `type`, `length`, `range`, `format`, `character`, `unknown-value`, `duplicate`.
    public let code: String
    public let message: String

    var json: JSONValue {
        ["pointer": .string(self.pointer), "code": .string(self.code), "message": .string(self.message)]
    }
}
