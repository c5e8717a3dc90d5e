import Content
import Digests
import Foundation
import Multipart
import NIOCore
import ObjectStore
import SigV4
import Synchronization
import TestKit
import Testing

@Suite("S3 store with all that goes wrong")
struct S3FaultTests {
    typealias Fault = S3FaultServer.Fault

    static func store(_ server: S3FaultServer, _ configure: (inout S3Configuration) -> Void = { _ in }) throws
        -> S3Store
    {
        var configuration = S3Configuration(
            endpoint: try #require(S3Endpoint(server.endpoint)), region: "here", bucket: "b", addressing: .path)
        configuration.stallLimit = .milliseconds(400)
        configure(&configuration)
        let credentials = StaticCredentials(Credentials(accessKey: "a", secretKey: "s", sessionToken: nil))
        return S3Store(configuration, credentials: credentials, http: S3Bucket.http, pool: S3Bucket.pool) { Date() }
    }

    /// Fails the first requests as told, and none after them.
    private static func first(_ faults: Fault...) -> @Sendable (S3FaultServer.Request) -> Fault {
        { $0.index < faults.count ? faults[$0.index] : .none }
    }

    private static let bytes = (0..<900_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    static let transient: [Fault] = [
        .refuse(status: 500, code: "InternalError", headers: [:]), .refuse(status: 502, code: "", headers: [:]),
        .answer(status: 504, body: "<html>gateway</html>", headers: [:]),
        .refuse(status: 400, code: "RequestTimeout", headers: [:]),
        .refuse(status: 503, code: "ServiceUnavailable", headers: [:]),
        .refuse(status: 409, code: "ConditionalRequestConflict", headers: [:]), .errorIn200(code: "InternalError"),
        .resetEarly, .loseAnswer, .stall,
    ]

    @Test("a put survives what passes", arguments: transient)
    func putSurvives(_ fault: Fault) async throws {
        try await S3FaultServer.run(deciding: Self.first(fault, fault)) { server in
            let info = try await Self.store(server).put("k", .bytes(Self.bytes), digest: nil, condition: .always)
            #expect(info.size == 900_000)
            #expect(server.object("/b/k") == Self.bytes)
            #expect(server.requests.count >= 3)
        }
    }

    @Test(
        "a get survives what passes",
        arguments: transient.filter { $0 != .errorIn200(code: "InternalError") } + [
            .truncate(0), .truncate(70_000), .stallAfter(70_000),
        ])
    func getSurvives(_ fault: Fault) async throws {
        let decide: @Sendable (S3FaultServer.Request) -> Fault = { [1, 2].contains($0.index) ? fault : .none }
        try await S3FaultServer.run(deciding: decide) { server in
            let store = try Self.store(server)
            _ = try await store.put("k", .bytes(Self.bytes), digest: nil, condition: .always)
            #expect(try await store.read("k", range: nil, limit: .mebibytes(1)) == Self.bytes)
            let range: Range<Int64> = 100..<800_000
            #expect(try await store.read("k", range: range, limit: .mebibytes(1)) == Array(Self.bytes[100..<800_000]))
        }
    }

    @Test("a broken read goes on where it was, in the same object")
    func resumedRead() async throws {
        try await S3FaultServer.run(deciding: { $0.index == 1 ? .truncate(600_000) : .none }) { server in
            let store = try Self.store(server)
            _ = try await store.put("k", .bytes(Self.bytes), digest: nil, condition: .always)
            #expect(try await store.read("k", range: nil, limit: .mebibytes(1)) == Self.bytes)
            let last = try #require(server.requests.last)
            let start = try #require(
                last.headers["range"]?.dropFirst("bytes=".count).split(separator: "-").first.flatMap { Int($0) })
            #expect(start > 0 && start <= 600_000)
            #expect(last.headers["if-match"] != nil)
        }
    }

    @Test("an object that is replaced while it is read is a conflict, never a mixture")
    func replacedWhileRead() async throws {
        try await S3FaultServer.run(deciding: { $0.index == 1 ? .truncate(100_000) : .none }) { server in
            let store = try Self.store(server)
            _ = try await store.put("k", .bytes(Self.bytes), digest: nil, condition: .always)
            var iterator = try await store.get("k", range: nil).makeAsyncIterator()
            _ = try await store.put("k", .bytes(Self.bytes.reversed()), digest: nil, condition: .always)
            let error = await #expect(throws: ObjectStoreError.self) {
                while try await iterator.next() != nil {}
            }
            #expect(error == .conflict("k"))
        }
    }

    @Test("a put whose answer was lost is not taken for somebody else's")
    func lostAnswerOfConditionalPut() async throws {
        try await S3FaultServer.run(deciding: Self.first(.loseAnswer)) { server in
            let store = try Self.store(server)
            let info = try await store.put("k", .bytes([1]), digest: nil, condition: .ifAbsent)
            #expect(info.size == 1)
            await #expect(throws: ObjectStoreError.alreadyExists("k")) {
                try await store.put("k", .bytes([1]), digest: nil, condition: .ifAbsent)
            }
        }
    }

    @Test("another writer's object is not taken for ours after a lost answer")
    func foreignObjectAfterRetry() async throws {
        try await S3FaultServer.run(deciding: { $0.index == 1 ? .resetEarly : .none }) { server in
            let store = try Self.store(server)
            _ = try await store.put("k", .bytes([1]), digest: nil, condition: .always)
            await #expect(throws: ObjectStoreError.alreadyExists("k")) {
                try await store.put("k", .bytes([1]), digest: nil, condition: .ifAbsent)
            }
        }
    }

    @Test("completing an upload survives what passes", arguments: transient)
    func completionSurvives(_ fault: Fault) async throws {
        let decide: @Sendable (S3FaultServer.Request) -> Fault = { [2, 3].contains($0.index) ? fault : .none }
        try await S3FaultServer.run(deciding: decide) { server in
            let store = try Self.store(server) { $0.completionStallLimit = .milliseconds(400) }
            let upload = try await store.beginMultipart("k")
            let part = try await store.putPart("k", upload, number: 1, .bytes([1, 2]), digest: nil)
            let made = try await store.completeMultipart("k", upload, parts: [part], condition: .always)
            #expect(made.size == 2)
            #expect(server.object("/b/k") == [1, 2])
            #expect(server.openUploads == 0)
        }
    }

    @Test("errors that stay are told at once, and what they are")
    func permanentErrors() async throws {
        let cases: [(Fault, ObjectStoreError)] = [
            (
                .refuse(status: 403, code: "SignatureDoesNotMatch", headers: [:]),
                .accessDenied(reason: "SignatureDoesNotMatch: injected")
            ),
            (.refuse(status: 404, code: "NoSuchBucket", headers: [:]), .bucketMissing("b")),
            (
                .refuse(status: 301, code: "PermanentRedirect", headers: ["x-amz-bucket-region": "eu-west-9"]),
                .wrongRegion(expected: "eu-west-9")
            ),
            (
                .refuse(
                    status: 400, code: "AuthorizationHeaderMalformed", headers: ["x-amz-bucket-region": "ru-central1"]),
                .wrongRegion(expected: "ru-central1")
            ),
            (
                .refuse(status: 403, code: "InvalidAccessKeyId", headers: [:]),
                .accessDenied(reason: "InvalidAccessKeyId: injected")
            ),
            (.refuse(status: 507, code: "", headers: [:]), .diskFull),
            (.refuse(status: 400, code: "Strange", headers: [:]), .rejected(status: 400, reason: "Strange: injected")),
            (.refuse(status: 400, code: "ExpiredToken", headers: [:]), .expired),
            (
                .answer(status: 404, body: "<html><body>Not here</body></html>", headers: [:]),
                .notS3(reason: "it answered with status 404 and no S3 error")
            ),
            (
                .refuse(status: 501, code: "NotImplemented", headers: [:]),
                .unsupported(reason: "NotImplemented: injected")
            ),
        ]
        for (fault, expected) in cases {
            try await S3FaultServer.run(deciding: { _ in fault }) { server in
                let store = try Self.store(server)
                await #expect(throws: expected) {
                    try await store.put("k", .bytes([1]), digest: nil, condition: .always)
                }
                // New credentials may be what is missing, so they are tried; anything else is asked once.
                #expect(server.requests.count <= (expected == .expired ? 4 : 2))
                #expect(!expected.isRetryable)
            }
        }
    }

    @Test("a web server is recognised as no S3")
    func notS3() async throws {
        try await S3FaultServer.run(deciding: { _ in .answer(status: 200, body: "<html>hello</html>", headers: [:]) }) {
            server in
            let error = await #expect(throws: ObjectStoreError.self) { try await Self.store(server).check() }
            guard case .notS3 = error else { return #expect(Bool(false), "\(String(describing: error))") }
        }
    }

    @Test("nobody listening is unavailable")
    func nobodyThere() async throws {
        let endpoint = try await S3FaultServer.run(deciding: { _ in .none }) { $0.endpoint }
        var configuration = S3Configuration(
            endpoint: try #require(S3Endpoint(endpoint)), region: "here", bucket: "b", addressing: .path)
        configuration.maximumAttempts = 2
        let credentials = StaticCredentials(Credentials(accessKey: "a", secretKey: "s", sessionToken: nil))
        let store = S3Store(configuration, credentials: credentials, http: S3Bucket.http, pool: S3Bucket.pool) {
            Date()
        }
        let error = await #expect(throws: ObjectStoreError.self) { try await store.head("k") }
        guard case .unavailable = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(error?.isRetryable == true)
    }

    @Test("a store that stays silent is given up")
    func silence() async throws {
        try await S3FaultServer.run(deciding: { _ in .stall }) { server in
            let store = try Self.store(server) {
                $0.maximumAttempts = 2
                $0.stallLimit = .milliseconds(100)
            }
            await #expect(throws: ObjectStoreError.timedOut(after: .milliseconds(100))) { try await store.head("k") }
            #expect(server.requests.count <= 2)
        }
    }

    @Test("all parts are listed, however many pages it takes")
    func partPages() async throws {
        try await S3FaultServer.run(deciding: { _ in .none }) { server in
            let store = try Self.store(server)
            let upload = try await store.beginMultipart("k")
            for number in [1, 2] { _ = try await store.putPart("k", upload, number: number, .bytes([1]), digest: nil) }
            server.addParts(to: upload.text, numbers: 3...2500)
            #expect(try await store.listParts("k", upload).map(\.number) == Array(1...2500))
            #expect(server.requests.count { $0.target.contains("max-parts") } == 3)
        }
    }

    @Test("a large file goes on from the parts that an earlier try left")
    func resumedUpload() async throws {
        let decide: @Sendable (S3FaultServer.Request) -> Fault = { request in
            request.index > 0 && request.target.contains("partNumber=2&")
                ? .refuse(status: 403, code: "AccessDenied", headers: [:]) : .none
        }
        let isBroken = Mutex(true)
        try await withTemporaryDirectory { directory in
            try await S3FaultServer.run(deciding: { isBroken.withLock { $0 } ? decide($0) : .none }) { server in
                let bytes = (0..<40).reduce(into: [UInt8]()) { bytes, _ in bytes += Self.bytes }
                let path = "\(directory)/file"
                try Data(bytes).write(to: URL(filePath: path))
                let store = try Self.store(server)
                let transfer = FileTransfer(store: store, pool: S3Bucket.pool, maximumInFlight: 1)
                let upload = try await store.beginMultipart("k")
                await #expect(throws: ObjectStoreError.accessDenied(reason: "AccessDenied: injected")) {
                    try await transfer.upload(
                        "k", file: path, digest: nil, condition: .always, resuming: .upload(upload)
                    ) { _ in }
                }
                #expect(server.openUploads == 1)
                isBroken.withLock { $0 = false }
                let before = server.requests.count
                _ = try await transfer.upload(
                    "k", file: path, digest: nil, condition: .always, resuming: .upload(upload)
                ) { _ in }
                let sent = server.requests[before...].filter { $0.method == "PUT" }
                #expect(sent.count == 4)
                #expect(!sent.contains { $0.target.contains("partNumber=1&") })
                #expect(server.object("/b/k") == bytes)
            }
        }
    }

    @Test("a failed upload that nobody will resume leaves no parts")
    func abandonedUpload() async throws {
        let decide: @Sendable (S3FaultServer.Request) -> Fault = {
            $0.target.contains("partNumber=2&") ? .refuse(status: 403, code: "AccessDenied", headers: [:]) : .none
        }
        try await withTemporaryDirectory { directory in
            try await S3FaultServer.run(deciding: decide) { server in
                let path = "\(directory)/file"
                try Data(count: 20 << 20).write(to: URL(filePath: path))
                let transfer = FileTransfer(store: try Self.store(server), pool: S3Bucket.pool, maximumInFlight: 2)
                await #expect(throws: ObjectStoreError.self) {
                    try await transfer.upload("k", file: path, digest: nil, condition: .always, resuming: .none) { _ in
                    }
                }
                #expect(server.openUploads == 0)
            }
        }
    }

    @Test("what the server asks for is waited for")
    func retryAfter() async throws {
        let fault = Fault.refuse(status: 503, code: "SlowDown", headers: ["x-amz-retry-after": "300"])
        try await S3FaultServer.run(deciding: Self.first(fault)) { server in
            let begun = ContinuousClock.now
            _ = try await Self.store(server).put("k", .bytes([1]), digest: nil, condition: .always)
            #expect(ContinuousClock.now - begun >= .milliseconds(300))
        }
    }

    @Test("a stream that cannot be sent again is not sent again")
    func streamFails() async throws {
        try await S3FaultServer.run(deciding: Self.first(.refuse(status: 500, code: "InternalError", headers: [:]))) {
            server in
            let stream = ByteStream(
                AsyncStream { continuation in
                    for _ in 0..<20 { continuation.yield(ByteBuffer(repeating: 7, count: 100_000)) }
                    continuation.finish()
                })
            let error = await #expect(throws: ObjectStoreError.self) {
                try await Self.store(server).put(
                    "k", .stream(length: 2_000_000, stream), digest: nil, condition: .always)
            }
            #expect(error?.isRetryable == true)
            #expect(server.requests.count == 1)
        }
    }

    @Test("files go up and down whole while a tenth of all requests fail", arguments: [1, 2])
    func seededFaults(seed: UInt64) async throws {
        let random = Mutex(SplitMix(state: seed))
        let faults: [Fault] = [
            .resetEarly, .loseAnswer, .truncate(30_000), .refuse(status: 500, code: "InternalError", headers: [:]),
            .errorIn200(code: "InternalError"), .stallAfter(40_000),
        ]
        let decide: @Sendable (S3FaultServer.Request) -> Fault = { request in
            random.withLock { random in
                guard random.next() % 10 == 0, !request.target.hasSuffix("?uploads=") else { return .none }
                let fault = faults[Int(random.next() % UInt64(faults.count))]
                // Only answers that took long come so.
                return fault == .errorIn200(code: "InternalError") && request.method != "POST" ? .resetEarly : fault
            }
        }
        try await withTemporaryDirectory { directory in
            try await S3FaultServer.run(deciding: decide) { server in
                let store = try Self.store(server) { $0.completionStallLimit = .milliseconds(400) }
                let bytes = (0..<20).reduce(into: [UInt8]()) { bytes, _ in bytes += Self.bytes }
                try Data(bytes).write(to: URL(filePath: "\(directory)/up"))
                let transfer = FileTransfer(store: store, pool: S3Bucket.pool, maximumInFlight: 4)
                let stored = Mutex<[Int64]>([])
                let info = try await transfer.upload(
                    "k", file: "\(directory)/up", digest: nil, condition: .always, resuming: .none
                ) { count in stored.withLock { $0.append(count) } }
                #expect(info.size == Int64(bytes.count))
                #expect(server.object("/b/k") == bytes)
                #expect(stored.withLock { $0.first == 0 && $0.last == Int64(bytes.count) && $0 == $0.sorted() })
                #expect(server.openUploads == 0)
                try await transfer.download("k", to: "\(directory)/down", digest: .sha256(of: bytes)) { _ in }
                #expect(try Data(contentsOf: URL(filePath: "\(directory)/down")) == Data(bytes))
                #expect(try FileManager.default.contentsOfDirectory(atPath: directory).sorted() == ["down", "up"])
            }
        }
    }
}
