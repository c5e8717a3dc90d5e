public import FoundationEssentials
public import SigV4

/// Credentials that were written down.
public struct StaticCredentials: CredentialsProvider {
    private let value: Credentials

    public init(_ credentials: Credentials) { self.value = credentials }

    /// Reads `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and perhaps `AWS_SESSION_TOKEN`.
    ///
    /// - Throws: ``ObjectStoreError/noCredentials(reason:)``.
    public init(environment: [String: String]) throws(ObjectStoreError) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard let accessKey = value("AWS_ACCESS_KEY_ID") else {
            throw .noCredentials(reason: "AWS_ACCESS_KEY_ID is not set")
        }
        guard let secretKey = value("AWS_SECRET_ACCESS_KEY") else {
            throw .noCredentials(reason: "AWS_SECRET_ACCESS_KEY is not set")
        }
        self.init(
            Credentials(accessKey: accessKey, secretKey: secretKey, sessionToken: value("AWS_SESSION_TOKEN")))
    }

    public func credentials(now: Date) async throws(ObjectStoreError) -> TemporaryCredentials {
        TemporaryCredentials(self.value, expiresAt: nil)
    }
}
