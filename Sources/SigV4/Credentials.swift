/// What proves to a store who asks.
///
/// Never prints its secrets: neither description, nor debugger, nor `dump` shows more than the access key.
public struct Credentials: Hashable, Sendable {
    public let accessKey: String
    public let secretKey: String

    /// Present with temporary credentials only.
    public let sessionToken: String?

    public init(accessKey: String, secretKey: String, sessionToken: String?) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "credentials of \(self.accessKey)" }

    public var debugDescription: String { self.description }

    public var customMirror: Mirror { Mirror(self, children: ["accessKey": self.accessKey]) }
}
