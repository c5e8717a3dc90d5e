import Foundation
import ObjectStore
import SigV4
import TestKit
import Testing

@Suite("Where credentials come from")
struct CredentialsProviderTests {
    private static let now = Date(timeIntervalSince1970: 1_700_000_000)
    private static let metadata = """
        {"Code":"Success","AccessKeyId":"ASIA","SecretAccessKey":"hush","Token":"tok","Expiration":"2024-02-29T23:59:59Z"}
        """
    private static let temporary = TemporaryCredentials(
        Credentials(accessKey: "ASIA", secretKey: "hush", sessionToken: "tok"),
        expiresAt: Date(timeIntervalSince1970: 1_709_251_199))

    private static func answering(
        _ answers: [String: String]
    ) -> @Sendable (S3FaultServer.Request) -> S3FaultServer.Fault {
        { request in
            let answer = answers["\(request.method) \(request.target)"]
            return .answer(status: answer == nil ? 404 : 200, body: answer ?? "no", headers: [:])
        }
    }

    @Test("an instance's role is asked with a token of its own")
    func instance() async throws {
        let path = "/latest/meta-data/iam/security-credentials/"
        let answers = ["PUT /latest/api/token": "T", "GET \(path)": "builder\n", "GET \(path)builder": Self.metadata]
        try await S3FaultServer.run(deciding: Self.answering(answers)) { server async throws in
            let provider = InstanceCredentials(
                environment: ["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.endpoint + "/"], http: S3Bucket.http)
            #expect(try await provider.credentials(now: Self.now) == Self.temporary)
            #expect(server.requests.dropFirst().allSatisfy { $0.headers["x-aws-ec2-metadata-token"] == "T" })
        }
    }

    @Test("a container's role is asked where the environment says")
    func container() async throws {
        try await S3FaultServer.run(deciding: Self.answering(["GET /creds": Self.metadata])) { server async throws in
            let environment = [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.endpoint)/creds",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer x",
            ]
            let provider = InstanceCredentials(environment: environment, http: S3Bucket.http)
            #expect(try await provider.credentials(now: Self.now) == Self.temporary)
            #expect(server.requests.first?.headers["authorization"] == "Bearer x")
        }
    }

    @Test("a signed token is changed for credentials")
    func webIdentity() async throws {
        let answer = """
            <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
            <Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>hush</SecretAccessKey><SessionToken>tok</SessionToken>
            <Expiration>2024-02-29T23:59:59Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
            </AssumeRoleWithWebIdentityResponse>
            """
        try await withTemporaryDirectory { directory in
            try Data("header.payload.signature\n".utf8).write(to: URL(filePath: "\(directory)/token"))
            try await S3FaultServer.run(deciding: Self.answering(["POST /": answer])) { server async throws in
                let environment = [
                    "AWS_WEB_IDENTITY_TOKEN_FILE": "\(directory)/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/r",
                    "AWS_ENDPOINT_URL_STS": server.endpoint,
                ]
                let provider = DefaultCredentials(environment: environment, http: S3Bucket.http, pool: S3Bucket.pool)
                #expect(try await provider.credentials(now: Self.now) == Self.temporary)
            }
        }
    }

    @Test("a profile is found in the shared file", arguments: [nil, "studio"])
    func profile(name: String?) async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/credentials"
            try Data(
                """
                # keys
                [default]
                aws_access_key_id = AKIA1
                aws_secret_access_key=one=1
                [ studio ]
                  AWS_ACCESS_KEY_ID=AKIA2
                ; not this
                aws_secret_access_key = two
                aws_session_token = t
                """.utf8
            ).write(to: URL(filePath: path))
            var environment = ["AWS_SHARED_CREDENTIALS_FILE": path]
            environment["AWS_PROFILE"] = name
            let found = try await ProfileCredentials(environment: environment, pool: S3Bucket.pool).credentials(
                now: Self.now)
            let expected =
                name == nil
                ? Credentials(accessKey: "AKIA1", secretKey: "one=1", sessionToken: nil)
                : Credentials(accessKey: "AKIA2", secretKey: "two", sessionToken: "t")
            #expect(found == TemporaryCredentials(expected, expiresAt: nil))
        }
    }

    @Test("when there are none, each place that was looked at is named")
    func nowhere() async throws {
        let environment = ["HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true"]
        let provider = DefaultCredentials(environment: environment, http: S3Bucket.http, pool: S3Bucket.pool)
        let error = await #expect(throws: ObjectStoreError.self) { try await provider.credentials(now: Self.now) }
        guard case .noCredentials(let reason) = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        for word in ["AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent/.aws/credentials", "METADATA"] {
            #expect(reason.contains(word))
        }
    }

    @Test("half a pair of keys is a mistake and not a reason to look elsewhere")
    func halfAPair() async throws {
        let provider = DefaultCredentials(
            environment: ["AWS_ACCESS_KEY_ID": "a"], http: S3Bucket.http, pool: S3Bucket.pool)
        await #expect(throws: ObjectStoreError.noCredentials(reason: "AWS_SECRET_ACCESS_KEY is not set")) {
            try await provider.credentials(now: Self.now)
        }
    }

    @Test("credentials that are about to end are renewed, and a presigned request never outlives them")
    func renewal() async throws {
        let provider = ShortLived()
        try await S3FaultServer.run(deciding: { _ in .none }) { server async throws in
            let configuration = S3Configuration(
                endpoint: try #require(S3Endpoint(server.endpoint)), region: "here", bucket: "b", addressing: .path)
            let store = S3Store(configuration, credentials: provider, http: S3Bucket.http, pool: S3Bucket.pool) {
                Self.now
            }
            let request = try await store.presign(.get("k"), expiresIn: .seconds(3600), now: Self.now)
            #expect(request.expiresAt == Self.now.addingTimeInterval(400))
            let later = Self.now.addingTimeInterval(200)
            _ = try await store.presign(.get("k"), expiresIn: .seconds(60), now: later)
            #expect(await provider.calls == 2)
        }
    }
}

/// Gives credentials that last 400 seconds.
private actor ShortLived: CredentialsProvider {
    var calls = 0

    func credentials(now: Date) async throws(ObjectStoreError) -> TemporaryCredentials {
        self.calls += 1
        return TemporaryCredentials(
            Credentials(accessKey: "a", secretKey: "s", sessionToken: "t"), expiresAt: now.addingTimeInterval(400))
    }
}
