import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import ObjectStore
import SigV4
import TestKit
import Threads

/// The bucket that all tests of the real server share, each below a prefix of its own.
actor S3Bucket {
    static let shared = S3Bucket()

    static let pool = ThreadPool(name: "s3-tests", threads: 2)
    static let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: S3Store.clientConfiguration())

    private var made: Task<S3Store, any Error>?

    func store() async throws -> S3Store {
        if let made = self.made { return try await made.value }
        let task = Task {
            let store = try await Self.makeStore { _ in }
            try await store.createBucket()
            return store
        }
        self.made = task
        return try await task.value
    }

    /// Connections that carry one request each.
    private static let freshHTTP: HTTPClient = {
        var setUp = S3Store.clientConfiguration()
        setUp.connectionPool.idleTimeout = .zero
        setUp.maximumUsesPerConnection = 1
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: setUp)
    }()

    /// A store of the same bucket, with something else about it.
    ///
    /// - Parameter fresh: whether each request has a connection of its own.
    static func makeStore(
        bucket: String = "slipway-tests", secretKey: String? = nil, accessKey: String? = nil,
        clockOffset: TimeInterval = 0, endpoint other: String? = nil, fresh: Bool = false,
        _ configure: (inout S3Configuration) -> Void
    ) async throws -> S3Store {
        let server = try await S3Server.shared.start()
        guard let endpoint = S3Endpoint(other ?? server.endpoint) else { throw URLError(.badURL) }
        var configuration = S3Configuration(
            endpoint: endpoint, region: server.region, bucket: bucket, addressing: .path)
        configure(&configuration)
        let credentials = StaticCredentials(
            Credentials(
                accessKey: accessKey ?? server.accessKey, secretKey: secretKey ?? server.secretKey, sessionToken: nil))
        return S3Store(
            configuration, credentials: credentials, http: fresh ? self.freshHTTP : self.http, pool: self.pool
        ) {
            Date(timeIntervalSinceNow: clockOffset)
        }
    }

    /// A store of its own connections, which the caller shuts down.
    static func store(
        _ configuration: S3Configuration, _ setUp: HTTPClient.Configuration
    ) throws -> (store: S3Store, http: HTTPClient) {
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: setUp)
        let credentials = StaticCredentials(Credentials(accessKey: "a", secretKey: "s", sessionToken: nil))
        return (S3Store(configuration, credentials: credentials, http: http, pool: self.pool) { Date() }, http)
    }

    /// Sends a presigned request as it is.
    @Sendable static func send(
        _ request: PresignedRequest, _ body: [UInt8]
    ) async throws -> (status: Int, body: [UInt8]) {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers where name != "content-length" {
            message.headers.add(name: name, value: value)
        }
        if request.method == "PUT" { message.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await self.http.execute(message, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return (Int(response.status.code), Array(bytes.readableBytesView))
    }
}
