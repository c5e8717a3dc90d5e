public import AsyncHTTPClient
public import Content
public import FoundationEssentials
import NIOCore
import NIOSSL
import SigV4
public import Threads

/// A bucket of S3, or of any server that speaks its protocol.
///
/// Requests are retried with full jitter within a budget, watched for progress, and signed by the server's clock. Checksums
/// go in headers, never in trailers, so that old servers take them.
public final class S3Store: ObjectStore {
    let client: S3Client

    public var configuration: S3Configuration { self.client.configuration }

    /// What the store was seen to do; nil before ``probe()``.
    public var capabilities: S3Capabilities? { self.client.capabilities }

    /// - Parameters:
    ///   - http: made with ``clientConfiguration()``; its owner shuts it down, after the store's last call.
    ///   - pool: reads and writes files.
    ///   - clock: tells the time; a wrong one is corrected by the server's.
    public init(
        _ configuration: S3Configuration, credentials: any CredentialsProvider, http: HTTPClient, pool: ThreadPool,
        clock: @escaping @Sendable () -> Date
    ) {
        self.client = S3Client(configuration, credentials: credentials, http: http, pool: pool, clock: clock)
    }

    /// How the HTTP client has to be set up: no redirects, no decompression, HTTP/1.1, retries left to us.
    public static func clientConfiguration() -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        configuration.httpVersion = .http1Only
        configuration.timeout = HTTPClient.Configuration.Timeout(connect: .seconds(10))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 128
        configuration.connectionPool.retryConnectionEstablishment = false
        // Each batch of bytes costs two hops between threads, whatever its size: so let it be large where there is much.
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.setOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 2 << 10, initial: 8 << 10, maximum: 256 << 10))
        }
        return configuration
    }

    /// As ``clientConfiguration()``, for a store whose certificate is of a house's own authority.
    ///
    /// - Parameter path: a PEM file of certificates; only what they vouch for is believed.
    public static func clientConfiguration(trusting path: String) -> HTTPClient.Configuration {
        var configuration = self.clientConfiguration()
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(path)
        configuration.tlsConfiguration = tls
        return configuration
    }

    /// Finds out whether the bucket can be used: the endpoint, the credentials, the clock, the region, the name.
    public func check() async throws(ObjectStoreError) { _ = try await self.list(prefix: "", after: nil, limit: 1) }

    /// Makes the bucket; one that is ours already is fine.
    public func createBucket() async throws(ObjectStoreError) {
        var request = S3Request("PUT", nil)
        if self.configuration.region != "us-east-1" {
            request.headers = [.init("content-type", "application/xml")]
            request.body = .bytes(
                Array(
                    """
                    <CreateBucketConfiguration xmlns="\(S3Client.namespace)"><LocationConstraint>\
                    \(XMLElement.escape(self.configuration.region))</LocationConstraint></CreateBucketConfiguration>
                    """.utf8))
        }
        do throws(ObjectStoreError) { _ = try await self.client.send(request) } catch {
            guard case .conflict = error else { throw error }
            try await self.check()
        }
    }

    public func put(
        _ key: ObjectKey, _ body: ObjectBody, digest: Digest?, condition: PutCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        var request = S3Request("PUT", key)
        request.body = try await body.collectingIfSmall()
        request.digest = digest
        request.carriesChecksum = true
        if let digest {
            request.headers.append(.init("x-amz-checksum-sha256", digest.base64))
            request.headers.append(.init(S3Head.digestHeader, digest.description))
        }
        var token: String?
        if condition == .ifAbsent {
            let name = try FilesystemLayout.randomName()
            token = name
            // A store that ignores the header is looked at before: that keeps all but racing writers apart.
            if self.client.capabilities?.putsConditionally == false, try await self.headers(of: key) != nil {
                throw .alreadyExists(key)
            }
            request.headers.append(.init("if-none-match", "*"))
            request.headers.append(.init(S3Head.putHeader, name))
        }
        do throws(ObjectStoreError) {
            let response = try await self.client.send(request)
            return ObjectInfo(
                key: key, size: body.length, etag: response.head.etag ?? "", digest: digest,
                lastModified: response.head["date"].flatMap(HTTPDate.parse) ?? self.client.clock())
        } catch {
            // It may be there because an earlier try of ours put it, and its answer was lost.
            guard case .alreadyExists = error, request.attempts.isRepeated, let token,
                let head = try await self.headers(of: key), head[S3Head.putHeader] == token
            else { throw error }
            return ObjectInfo(key, head)
        }
    }

    public func head(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo? {
        try await self.headers(of: key).map { ObjectInfo(key, $0) }
    }

    public func get(_ key: ObjectKey, range: Range<Int64>?) async throws(ObjectStoreError) -> ObjectContent {
        if let range, range.isEmpty { return try await self.emptyContent(of: key, at: range.lowerBound) }
        do throws(ObjectStoreError) {
            let reading = try await S3Reading(self.client, key: key, range: range)
            let (info, range) = (reading.info, reading.range)
            return ObjectContent(info: info, range: range) { () async throws(ObjectStoreError) in
                try await reading.next()
            }
        } catch {
            // No range of an empty object can be had, not even one that begins at its start.
            guard case .invalidRange = error, range?.lowerBound == 0 else { throw error }
            return try await self.emptyContent(of: key, at: 0)
        }
    }

    public func presign(
        _ operation: PresignedOperation, expiresIn: Duration, now: Date
    ) async throws(ObjectStoreError) -> PresignedRequest {
        try await self.client.presign(operation, expiresIn: expiresIn, now: now)
    }

    public var parallelism: Int { min(self.configuration.maximumPartsInFlight, self.client.gate.limit) }

    public func localPath(of key: ObjectKey) -> String? { nil }

    /// - Returns: nil when there is no object.
    func headers(of key: ObjectKey) async throws(ObjectStoreError) -> S3Head? {
        var request = S3Request("HEAD", key)
        request.headers.append(.init("x-amz-checksum-mode", "ENABLED"))
        request.acceptsMissing = true
        do throws(ObjectStoreError) {
            let head = try await self.client.send(request).head
            return head.status == 404 ? nil : head
        } catch {
            // An answer to HEAD has no body that would tell why. Another question has one, and mends the clock.
            switch error {
            case .accessDenied, .rejected, .expired: try await self.check()
            default: throw error
            }
            let head = try await self.client.send(request).head
            return head.status == 404 ? nil : head
        }
    }

    /// - Throws: ``ObjectStoreError/invalidRange(_:)`` when the offset is not inside the object or at its end.
    private func emptyContent(of key: ObjectKey, at offset: Int64) async throws(ObjectStoreError) -> ObjectContent {
        guard let info = try await self.head(key) else { throw .notFound(key) }
        let range = try info.clamp(offset..<offset)
        return ObjectContent(info: info, range: range) { () async throws(ObjectStoreError) in nil }
    }
}

extension ObjectInfo {
    init(_ key: ObjectKey, _ head: S3Head) {
        self.init(
            key: key, size: head.length ?? 0, etag: head.etag ?? "", digest: head.digest,
            lastModified: head.lastModified)
    }
}

extension ObjectBody {
    /// A short stream is read into memory, so that it can be sent more than once.
    func collectingIfSmall() async throws(ObjectStoreError) -> ObjectBody {
        guard case .stream(let length, let stream) = self, length <= 1 << 20 else { return self }
        var bytes: [UInt8] = []
        do {
            for try await buffer in stream {
                bytes.append(contentsOf: buffer.readableBytesView)
                if Int64(bytes.count) > length { break }
            }
        } catch is CancellationError { throw .cancelled } catch {
            throw .sourceFailed(reason: String(describing: error))
        }
        guard Int64(bytes.count) == length else {
            throw .sizeMismatch(expected: ByteCount(length), got: ByteCount(bytes.count))
        }
        return .bytes(bytes)
    }
}
