import Content
import Digests
import Foundation
import ObjectStore
import SigV4
import TestKit
import Testing

/// The same checks as for every store, with the differences that are expected written down: one that is no longer there
/// fails too, so that the list stays true.
@Suite(
    "S3 store with Ceph's object gateway", .serialized,
    .enabled("SLIPWAY_LONG_TESTS=1 and Ceph's object gateway (ops/radosgw --packages)") {
        await RadosGateway.isAvailable()
    })
struct RadosGatewayTests {
    /// What this server does otherwise, by the check that it fails.
    static let differences = [
        "a presigned put writes exactly the declared bytes": "it knows no checksums: only the length is enforced"
    ]

    private static func store() async throws -> S3Store {
        let server = try await RadosGateway.shared.start()
        let configuration = S3Configuration(
            endpoint: try #require(S3Endpoint(server.endpoint)), region: server.region, bucket: "slipway-tests",
            addressing: .path)
        let credentials = StaticCredentials(
            Credentials(accessKey: server.accessKey, secretKey: server.secretKey, sessionToken: nil))
        let store = S3Store(configuration, credentials: credentials, http: S3Bucket.http, pool: S3Bucket.pool) {
            Date()
        }
        try await store.createBucket()
        return store
    }

    @Test("does what every store must, but for what is written down", arguments: ObjectStoreConformance.checks)
    func conformance(_ check: ObjectStoreConformance.Check) async throws {
        let store = try await Self.store()
        try await withTemporaryDirectory { directory in
            let test = ObjectStoreConformance(
                store: store, prefix: "\(UUID())/", directory: directory, send: S3Bucket.send)
            guard let difference = Self.differences[check.description] else { return try await test.run(check) }
            await #expect(throws: (any Error).self, "\(difference)") { try await test.run(check) }
        }
    }

    @Test("knows who may come in, and by which clock", arguments: S3ServerCheck.all)
    func server(_ check: S3ServerCheck) async throws {
        _ = try await Self.store()
        try await check.run(try await RadosGateway.shared.start())
    }

    @Test("it verifies what was signed, knows no checksums, and completes over what is there")
    func capabilities() async throws {
        let store = try await Self.store()
        let found = try await store.probe()
        #expect(found.verifiesSignedBodies && found.putsConditionally)
        #expect(
            !found.verifiesChecksums && !found.verifiesPartChecksums && !found.keepsChecksums
                && !found.completesConditionally)
        #expect(try await store.list(prefix: "probe/", after: nil, limit: 10).isEmpty)
        #expect(try await store.listMultipartUploads(prefix: "probe/").isEmpty)
    }

    @Test("a large file goes up in parts, survives an upload that broke off, and comes down")
    func largeFile() async throws {
        let store = try await Self.store()
        let key = try ObjectKey(validating: "large/\(UUID())")
        try await withTemporaryDirectory { directory in
            let bytes = (0..<40).reduce(into: [UInt8]()) { bytes, number in
                bytes += (0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 &* (number + 3) >> 2) }
            }
            let path = "\(directory)/up"
            try Data(bytes).write(to: URL(filePath: path))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -60)], ofItemAtPath: path)
            let upload = try await store.beginMultipart(key)
            _ = try await store.putPart(
                key, upload, number: 2, .file(path: path, range: 8 << 20..<16 << 20), digest: nil)
            let transfer = FileTransfer(store: store, pool: S3Bucket.pool, maximumInFlight: 4)
            _ = try await transfer.upload(
                key, file: path, digest: nil, condition: .always, resuming: .latest
            ) { _ in }
            try await transfer.download(key, to: "\(directory)/down", digest: .sha256(of: bytes)) { _ in }
            #expect(try await store.listMultipartUploads(prefix: key.text).isEmpty)
        }
    }
}
