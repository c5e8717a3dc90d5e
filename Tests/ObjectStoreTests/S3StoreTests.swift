import AsyncHTTPClient
import Content
import Digests
import Foundation
import NIOCore
import ObjectStore
import SigV4
import TestKit
import Testing
import Threads

@Suite("S3 store with a real server", .enabled("an S3 server") { await S3Server.isAvailable() })
struct S3StoreTests {
    @Test("SC-3: does what every store must", arguments: ObjectStoreConformance.checks)
    func conformance(_ check: ObjectStoreConformance.Check) async throws {
        let store = try await S3Bucket.shared.store()
        try await withTemporaryDirectory { directory in
            let test = ObjectStoreConformance(
                store: store, prefix: "\(UUID())/", directory: directory, send: S3Bucket.send)
            try await test.run(check)
        }
    }

    @Test("knows who may come in, and by which clock", arguments: S3ServerCheck.all)
    func server(_ check: S3ServerCheck) async throws {
        _ = try await S3Bucket.shared.store()
        try await check.run(try await S3Server.shared.start())
    }

    @Test("wrong keys are told apart from other faults, by every kind of request")
    func wrongKeys() async throws {
        for store in [
            try await S3Bucket.makeStore(secretKey: "wrong") { _ in },
            try await S3Bucket.makeStore(accessKey: "nobody") { _ in },
        ] {
            let calls: [() async throws -> Void] = [
                { try await store.check() }, { _ = try await store.head("k") },
                { _ = try await store.put("k", .bytes([1]), digest: nil, condition: .always) },
                { _ = try await store.get("k", range: nil) }, { try await store.delete(["k"]) },
                { try await store.delete(["k", "l"]) }, { _ = try await store.beginMultipart("k") },
            ]
            for call in calls {
                let error = await #expect(throws: ObjectStoreError.self) { try await call() }
                guard case .accessDenied = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(error?.hint.contains("secret key") == true)
            }
        }
    }

    @Test("making a bucket again is fine")
    func createBucketAgain() async throws {
        let store = try await S3Bucket.shared.store()
        try await store.createBucket()
        try await store.check()
    }

    @Test("a large file goes up in parts and comes down in ranges")
    func largeFile() async throws {
        let store = try await S3Bucket.shared.store()
        let key = try ObjectKey(validating: "large/\(UUID())")
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/up"
            let block = (0..<65_537).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 2) }
            let bytes = (0..<400).reduce(into: [UInt8]()) { bytes, _ in bytes += block }
            try Data(bytes).write(to: URL(filePath: path))
            let transfer = FileTransfer(store: store, pool: S3Bucket.pool, maximumInFlight: 4)
            let info = try await transfer.upload(
                key, file: path, digest: nil, condition: .ifAbsent, resuming: .latest
            ) { _ in }
            #expect(info.size == Int64(bytes.count))
            #expect(try await store.listMultipartUploads(prefix: key.text).isEmpty)
            try await transfer.download(key, to: "\(directory)/down", digest: .sha256(of: bytes)) { _ in }
            #expect(try Data(contentsOf: URL(filePath: "\(directory)/down")) == Data(bytes))

            let wrong = Digest.sha256(of: [1])
            await #expect(throws: ObjectStoreError.digestMismatch(declared: wrong, computed: .sha256(of: bytes))) {
                try await transfer.download(key, to: "\(directory)/bad", digest: wrong) { _ in }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).sorted() == ["down", "up"])
        }
    }

    @Test("the latest upload begun since the file's last change is resumed")
    func latest() async throws {
        let store = try await S3Bucket.shared.store()
        let key = try ObjectKey(validating: "latest/\(UUID())")
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/up"
            try Data(count: 17 << 20).write(to: URL(filePath: path))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -60)], ofItemAtPath: path)
            let upload = try await store.beginMultipart(key)
            _ = try await store.putPart(
                key, upload, number: 2, .file(path: path, range: 8 << 20..<16 << 20), digest: nil)
            let transfer = FileTransfer(store: store, pool: S3Bucket.pool, maximumInFlight: 2)
            var told: [Int64] = []
            let info = try await transfer.upload(
                key, file: path, digest: nil, condition: .always, resuming: .latest
            ) { told.append($0) }
            #expect(told.first == 0 && told.dropFirst().first == 8 << 20 && told.last == 17 << 20)
            #expect(info.size == 17 << 20)
            await #expect(throws: ObjectStoreError.noSuchUpload(key, upload)) { try await store.listParts(key, upload) }
        }
    }
}
