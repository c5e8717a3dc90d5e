import FoundationEssentials
import SigV4

/// Keeps credentials until they are about to end.
actor CredentialsCache {
    private let provider: any CredentialsProvider
    private var current: TemporaryCredentials?

    /// Credentials are renewed so long before their end, or the request that they sign might outlive them.
    static let margin: TimeInterval = 300

    init(_ provider: any CredentialsProvider) { self.provider = provider }

    func credentials(now: Date) async throws(ObjectStoreError) -> TemporaryCredentials {
        if let current = self.current, current.expiresAt.map({ $0 > now.addingTimeInterval(Self.margin) }) ?? true {
            return current
        }
        let fresh: TemporaryCredentials
        do throws(ObjectStoreError) { fresh = try await self.provider.credentials(now: now) } catch {
            // Those at hand may still do.
            if let current = self.current, let end = current.expiresAt, end > now { return current }
            throw error
        }
        self.current = fresh
        return fresh
    }

    /// Asks the provider again next time.
    func forget() { self.current = nil }
}
