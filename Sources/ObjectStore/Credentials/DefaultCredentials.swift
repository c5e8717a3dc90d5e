public import AsyncHTTPClient
public import FoundationEssentials
public import Threads

/// Credentials from wherever there are some: environment, web identity, profile, then the instance or container.
///
/// The order of the AWS SDKs, so that what works for the AWS tools works here. The source that had some is asked again when
/// they are about to end.
public actor DefaultCredentials: CredentialsProvider {
    private let environment: [String: String]
    private let others: [any CredentialsProvider]
    private var chosen: (any CredentialsProvider)?

    public init(environment: [String: String], http: HTTPClient, pool: ThreadPool) {
        self.environment = environment
        self.others = [
            WebIdentityCredentials(environment: environment, http: http, pool: pool),
            ProfileCredentials(environment: environment, pool: pool),
            InstanceCredentials(environment: environment, http: http),
        ]
    }

    public func credentials(now: Date) async throws(ObjectStoreError) -> TemporaryCredentials {
        if let chosen = self.chosen { return try await chosen.credentials(now: now) }
        var reasons: [String] = []
        if self.environment["AWS_ACCESS_KEY_ID"]?.isEmpty == false {
            // Half of a pair is a mistake, not a reason to look elsewhere.
            let found = try StaticCredentials(environment: self.environment)
            self.chosen = found
            return try await found.credentials(now: now)
        }
        reasons.append("AWS_ACCESS_KEY_ID is not set")
        for provider in self.others {
            do throws(ObjectStoreError) {
                let found = try await provider.credentials(now: now)
                self.chosen = provider
                return found
            } catch {
                guard case .noCredentials(let reason) = error else { throw error }
                reasons.append(reason)
            }
        }
        throw .noCredentials(reason: reasons.joined(separator: "; "))
    }
}
