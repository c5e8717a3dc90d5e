public import FoundationEssentials
public import SigV4

/// Credentials and when they end.
public struct TemporaryCredentials: Equatable, Sendable {
    public let credentials: Credentials

    /// Nil when they last until somebody revokes them.
    public let expiresAt: Date?

    public init(_ credentials: Credentials, expiresAt: Date?) {
        self.credentials = credentials
        self.expiresAt = expiresAt
    }
}

/// Where credentials come from.
public protocol CredentialsProvider: Sendable {
    /// - Throws: ``ObjectStoreError/noCredentials(reason:)`` and what the source's own requests throw.
    func credentials(now: Date) async throws(ObjectStoreError) -> TemporaryCredentials
}
