/// Who is asking.
///
/// Sent to the service's own origin only.
public struct Credentials: Sendable, Equatable {
    /// A JWT or an API key.
    public let token: String
    /// The company, when the token does not name it.
    public let developer: String?

    public init(token: String, developer: String? = nil) {
        self.token = token
        self.developer = developer
    }
}

extension Credentials: CustomStringConvertible {
    /// Without the secret.
    public var description: String { "Credentials(developer: \(self.developer ?? "-"))" }
}
