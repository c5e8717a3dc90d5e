public import AsyncHTTPClient
public import FoundationEssentials
import NIOHTTP1
import SigV4
public import Threads

/// Credentials for a signed token, such as Kubernetes gives a pod (`AssumeRoleWithWebIdentity`).
///
/// `AWS_WEB_IDENTITY_TOKEN_FILE` names the token, `AWS_ROLE_ARN` the role. The file is read each time: it is renewed in place.
public struct WebIdentityCredentials: CredentialsProvider {
    private let environment: [String: String]
    private let client: MetadataClient
    private let pool: ThreadPool

    public init(environment: [String: String], http: HTTPClient, pool: ThreadPool) {
        self.environment = environment
        self.client = MetadataClient(http: http)
        self.pool = pool
    }

    public func credentials(now: Date) async throws(ObjectStoreError) -> TemporaryCredentials {
        guard let path = self.environment["AWS_WEB_IDENTITY_TOKEN_FILE"] else {
            throw .noCredentials(reason: "AWS_WEB_IDENTITY_TOKEN_FILE is not set")
        }
        guard let role = self.environment["AWS_ROLE_ARN"] else {
            throw .noCredentials(reason: "AWS_ROLE_ARN is not set")
        }
        let token = try await ProfileCredentials.text(of: path, self.pool)
        let region = self.environment["AWS_REGION"] ?? self.environment["AWS_DEFAULT_REGION"] ?? "us-east-1"
        let endpoint = self.environment["AWS_ENDPOINT_URL_STS"] ?? "https://sts.\(region).amazonaws.com"
        let fields = [
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
            ("RoleSessionName", self.environment["AWS_ROLE_SESSION_NAME"] ?? "slipway"),
            (
                "WebIdentityToken",
                token.trimmingPrefix(while: \.isWhitespace).split(whereSeparator: \.isNewline).joined()
            ),
        ]
        let bytes = try await self.client.body(
            .POST, "\(endpoint)/", headers: ["content-type": "application/x-www-form-urlencoded"],
            sending: fields.map { "\($0)=\(PercentEncoding.query($1))" }.joined(separator: "&"))
        let result = XMLElement(document: bytes)?.all("AssumeRoleWithWebIdentityResult").first
        guard let found = result?.all("Credentials").first, let accessKey = found["AccessKeyId"],
            let secretKey = found["SecretAccessKey"]
        else { throw .noCredentials(reason: "\(endpoint) answered without credentials") }
        return TemporaryCredentials(
            Credentials(accessKey: accessKey, secretKey: secretKey, sessionToken: found["SessionToken"]),
            expiresAt: found["Expiration"].flatMap(HTTPDate.parseISO))
    }
}
