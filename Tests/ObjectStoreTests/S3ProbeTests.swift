import AsyncHTTPClient
import Content
import Digests
import Foundation
import ObjectStore
import SigV4
import Synchronization
import TestKit
import Testing

/// What the client finds out about stores, and what it makes of it. The differences are written down in the module's README.
@Suite("Probing stores")
struct S3ProbeTests {
    @Test(
        "SeaweedFS keeps and verifies checksums, but not the hash that was signed",
        .enabled("an S3 server") {
            await S3Server.isAvailable()
        })
    func seaweedFS() async throws {
        _ = try await S3Bucket.shared.store()
        let store = try await S3Bucket.makeStore { _ in }
        #expect(store.capabilities == nil)
        let found = try await store.probe()
        #expect(found.verifiesChecksums && found.verifiesPartChecksums && found.keepsChecksums)
        #expect(!found.verifiesSignedBodies)
        #expect(found.putsConditionally && found.completesConditionally)
        #expect(found.description == "does not verify signed bodies")
        #expect(store.capabilities == found)
        #expect(try await store.list(prefix: "probe/", after: nil, limit: 10).isEmpty)
        #expect(try await store.listMultipartUploads(prefix: "probe/").isEmpty)
    }

    @Test("a store that ignores conditions is looked at before, and its objects stay as they are")
    func ignoredConditions() async throws {
        try await S3FaultServer.run(deciding: { _ in .none }, ignoringConditions: true) { server in
            let store = try S3FaultTests.store(server)
            let found = try await store.probe()
            #expect(!found.putsConditionally && !found.completesConditionally && !found.verifiesChecksums)
            #expect(server.openUploads == 0)
            _ = try await store.put("k", .bytes([1]), digest: nil, condition: .ifAbsent)
            await #expect(throws: ObjectStoreError.alreadyExists("k")) {
                try await store.put("k", .bytes([2]), digest: nil, condition: .ifAbsent)
            }
            let upload = try await store.beginMultipart("k")
            let part = try await store.putPart("k", upload, number: 1, .bytes([2, 3]), digest: nil)
            await #expect(throws: ObjectStoreError.alreadyExists("k")) {
                try await store.completeMultipart("k", upload, parts: [part], condition: .ifAbsent)
            }
            #expect(server.object("/b/k") == [1])
        }
    }

    @Test(
        "keys that may only read are told before any long work",
        .enabled("an S3 server") {
            await S3Server.isAvailable()
        })
    func readOnly() async throws {
        _ = try await S3Bucket.shared.store()
        let server = try await S3Server.shared.start()
        let store = try await S3Bucket.makeStore(
            secretKey: server.readerSecretKey, accessKey: server.readerAccessKey
        ) { _ in }
        try await store.check()
        let error = await #expect(throws: ObjectStoreError.self) { try await store.probe() }
        guard case .accessDenied = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(error?.hint.contains("policy") == true && error?.isRetryable == false)
    }

    @Test("an answer that is late is asked for a second time, and few are")
    func hedging() async throws {
        let stalled = Mutex(0)
        // Every 40th answer never comes; without a second request each would cost the whole patience.
        let decide: @Sendable (S3FaultServer.Request) -> S3FaultServer.Fault = { request in
            guard request.method == "HEAD", request.index > 60, request.index.isMultiple(of: 40) else { return .none }
            stalled.withLock { $0 += 1 }
            return .stall
        }
        try await S3FaultServer.run(deciding: decide) { server in
            let store = try S3FaultTests.store(server) { $0.stallLimit = .seconds(30) }
            _ = try await store.put("k", .bytes([1]), digest: nil, condition: .always)
            for _ in 0..<400 { #expect(try await store.head("k")?.size == 1) }
            let extra = server.requests.count - 401
            #expect(stalled.withLock { $0 } >= 8)
            #expect(extra >= stalled.withLock { $0 } && extra <= 401 / 20 + 8, "\(extra)")
        }
    }

    @Test("a request over TLS believes only the authority it was given, and hosts may carry the bucket's name")
    func tls() async throws {
        try await withTemporaryDirectory { directory in
            let certificate = try TestCertificate(in: directory, for: ["b.s3.test", "s3.test"])
            try await S3FaultServer.run(deciding: { _ in .none }, tls: certificate) { server in
                var setUp = S3Store.clientConfiguration(trusting: certificate.path)
                setUp.dnsOverride = ["b.s3.test": "127.0.0.1"]
                let port = try #require(S3Endpoint(server.endpoint)?.port)
                var configuration = S3Configuration(
                    endpoint: S3Endpoint(isSecure: true, host: "s3.test", port: port), region: "here", bucket: "b",
                    addressing: .virtualHost)
                configuration.maximumAttempts = 2
                let trusting = try S3Bucket.store(configuration, setUp)
                let content = [UInt8](repeating: 9, count: 300_000)
                _ = try await trusting.store.put("a/k", .bytes(content), digest: nil, condition: .always)
                #expect(server.object("/a/k") == content)
                #expect(server.requests.last?.headers["host"] == "b.s3.test:\(port)")
                // The bytes are protected on their way, so they are not hashed only to be signed.
                #expect(server.requests.last?.headers["x-amz-content-sha256"] == "UNSIGNED-PAYLOAD")
                #expect(try await trusting.store.read("a/k", range: nil, limit: .mebibytes(1)) == content)
                try await trusting.http.shutdown()

                var plain = S3Store.clientConfiguration()
                plain.dnsOverride = setUp.dnsOverride
                let other = try S3Bucket.store(configuration, plain)
                let error = await #expect(throws: ObjectStoreError.self) { try await other.store.head("a/k") }
                guard case .unavailable(let reason) = error else {
                    return #expect(Bool(false), "\(String(describing: error))")
                }
                #expect(reason.lowercased().contains("certificate") || reason.contains("TLS"), "\(reason)")
                try await other.http.shutdown()
            }
        }
    }

    @Test("credentials that the store calls expired are renewed in flight, and bytes go on")
    func renewedInFlight() async throws {
        let isOver = Mutex(false)
        let decide: @Sendable (S3FaultServer.Request) -> S3FaultServer.Fault = { request in
            // From the fourth request on only the second pair of keys is good.
            if request.index >= 4 { isOver.withLock { $0 = true } }
            let isFirst = request.headers["authorization"]?.contains("Credential=first/") == true
            return isFirst && isOver.withLock { $0 } ? .refuse(status: 400, code: "ExpiredToken", headers: [:]) : .none
        }
        try await withTemporaryDirectory { directory in
            let bytes = [UInt8](repeating: 3, count: 40 << 20)
            try Data(bytes).write(to: URL(filePath: "\(directory)/up"))
            try await S3FaultServer.run(deciding: decide) { server in
                let configuration = S3Configuration(
                    endpoint: try #require(S3Endpoint(server.endpoint)), region: "here", bucket: "b", addressing: .path)
                let store = S3Store(
                    configuration, credentials: TwoPairs(), http: S3Bucket.http, pool: S3Bucket.pool
                ) { Date() }
                let transfer = FileTransfer(store: store, pool: S3Bucket.pool, maximumInFlight: 3)
                _ = try await transfer.upload(
                    "k", file: "\(directory)/up", digest: nil, condition: .always, resuming: .none
                ) { _ in }
                #expect(server.object("/b/k") == bytes)
                #expect(server.openUploads == 0 && isOver.withLock { $0 })
            }
        }
    }

    @Test("a file that changes while it is sent is named, and nothing is stored under its key")
    func changedFile() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/up"
            try Data(count: 20 << 20).write(to: URL(filePath: path))
            let isChanged = Mutex(false)
            let decide: @Sendable (S3FaultServer.Request) -> S3FaultServer.Fault = { request in
                if request.target.contains("partNumber=2"), !isChanged.withLock({ $0 }) {
                    isChanged.withLock { $0 = true }
                    let file = FileHandle(forWritingAtPath: path)
                    _ = try? file?.seekToEnd()
                    file?.write(Data(count: 1))
                    try? file?.close()
                }
                return .none
            }
            try await S3FaultServer.run(deciding: decide) { server in
                let transfer = FileTransfer(
                    store: try S3FaultTests.store(server), pool: S3Bucket.pool, maximumInFlight: 1)
                let error = await #expect(throws: ObjectStoreError.self) {
                    try await transfer.upload("k", file: path, digest: nil, condition: .always, resuming: .none) {
                        _ in
                    }
                }
                guard case .sourceUnreadable(path, let reason) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(reason.contains("changed") && error?.hint.contains(path) == true)
                #expect(server.object("/b/k") == nil && server.openUploads == 0)
            }
        }
    }
}

/// First one pair of keys, then another for ever.
private actor TwoPairs: CredentialsProvider {
    private var calls = 0

    func credentials(now: Date) async throws(ObjectStoreError) -> TemporaryCredentials {
        self.calls += 1
        let name = self.calls == 1 ? "first" : "second"
        return TemporaryCredentials(
            Credentials(accessKey: name, secretKey: name, sessionToken: nil), expiresAt: nil)
    }
}
