public import AsyncHTTPClient
public import FoundationEssentials
import NIOHTTP1

/// Credentials of the role that an instance or a container runs as, from the metadata service beside it.
///
/// A container's address is in `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or `AWS_CONTAINER_CREDENTIALS_FULL_URI`; without
/// either it is the instance's, asked by IMDSv2, unless `AWS_EC2_METADATA_DISABLED` is `true`.
public struct InstanceCredentials: CredentialsProvider {
    private let environment: [String: String]
    private let client: MetadataClient

    public init(environment: [String: String], http: HTTPClient) {
        self.environment = environment
        self.client = MetadataClient(http: http)
    }

    public func credentials(now: Date) async throws(ObjectStoreError) -> TemporaryCredentials {
        if let path = self.environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            return try await self.client.credentials("http://169.254.170.2\(path)", headers: self.authorization)
        }
        if let url = self.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
            return try await self.client.credentials(url, headers: self.authorization)
        }
        guard self.environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true" else {
            throw .noCredentials(reason: "AWS_EC2_METADATA_DISABLED is true")
        }
        let base = self.environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? "http://169.254.169.254"
        let root = base.hasSuffix("/") ? String(base.dropLast()) : base
        let token = try await self.client.body(
            .PUT, "\(root)/latest/api/token", headers: ["x-aws-ec2-metadata-token-ttl-seconds": "21600"])
        let headers = ["x-aws-ec2-metadata-token": String(decoding: token, as: UTF8.self)]
        let list = "\(root)/latest/meta-data/iam/security-credentials/"
        let roles = String(decoding: try await self.client.body(.GET, list, headers: headers), as: UTF8.self)
        guard let role = roles.split(separator: "\n").first else {
            throw .noCredentials(reason: "the instance has no role")
        }
        return try await self.client.credentials(list + role, headers: headers)
    }

    private var authorization: [String: String] {
        self.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"].map { ["authorization": $0] } ?? [:]
    }
}
