import Content
import Digests
import Foundation
import NIOCore
import ObjectStore
import TestKit
import Testing
import Threads

@Suite("Filesystem store")
struct FilesystemStoreTests {
    /// A directory of this machine that takes nothing, if there is one: whoever runs tests as root may write everywhere else.
    private static let readOnlyDirectory: String? = {
        let mounts = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
        for mount in mounts.split(separator: "\n") {
            let fields = mount.split(separator: " ").map(String.init)
            guard fields.count > 3, fields[3].split(separator: ",").contains("ro") else { continue }
            if URL(filePath: fields[1], directoryHint: .checkFileSystem).hasDirectoryPath { return fields[1] }
        }
        return nil
    }()

    @Test(
        "a store that takes nothing says so when it is opened, and what to do",
        .enabled(if: readOnlyDirectory != nil, "a filesystem that is mounted for reading"))
    func readOnly() async throws {
        let pool = ThreadPool(name: "store", threads: 1)
        defer { pool.shutdown() }
        let root = "\(try #require(Self.readOnlyDirectory))/slipway"
        let error = await #expect(throws: ObjectStoreError.self) {
            _ = try await FilesystemStore(root: root, durability: .synchronized, signer: nil, pool: pool)
        }
        guard case .readOnly(let path) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path.hasPrefix(root) && error?.hint.contains("for writing") == true && error?.isRetryable == false)
    }

    @Test("SC-3: does what every store must", arguments: ObjectStoreConformance.checks)
    func conformance(_ check: ObjectStoreConformance.Check) async throws {
        try await withFilesystemStore { store, directory in
            let test = ObjectStoreConformance(store: store, prefix: "p/", directory: directory) { request, body in
                try await FilesystemStoreTests.send(request, body, to: store)
            }
            try await test.run(check)
        }
    }

    @Test("refuses a key that is the directory of another, and one below an object")
    func keyConflicts() async throws {
        try await withFilesystemStore { store, _ in
            _ = try await store.put("a/b", .bytes([1]), digest: nil, condition: .always)
            for condition in [PutCondition.always, .ifAbsent] {
                await #expect(throws: ObjectStoreError.keyConflict("a")) {
                    try await store.put("a", .bytes([1]), digest: nil, condition: condition)
                }
                await #expect(throws: ObjectStoreError.keyConflict("a/b/c")) {
                    try await store.put("a/b/c", .bytes([1]), digest: nil, condition: condition)
                }
            }
            #expect(try await store.head("a") == nil)
            #expect(try await store.head("a/b/c") == nil)
            try await store.delete(["a", "a/b/c"])
            #expect(try await store.head("a/b") != nil)
        }
    }

    @Test("an upload whose name leads elsewhere is no such upload", arguments: ["../../etc", "..", "", "/", "a/b"])
    func hostileUploads(name: String) async throws {
        try await withFilesystemStore { store, _ in
            let upload = MultipartUploadID(name)
            let expected = ObjectStoreError.noSuchUpload("k", upload)
            await #expect(throws: expected) {
                try await store.putPart("k", upload, number: 1, .bytes([1]), digest: nil)
            }
            await #expect(throws: expected) { try await store.listParts("k", upload) }
            await #expect(throws: expected) {
                try await store.completeMultipart("k", upload, parts: [], condition: .always)
            }
            try await store.abortMultipart("k", upload)
        }
    }

    @Test("a part that was sent again since is not what the caller means")
    func replacedPart() async throws {
        try await withFilesystemStore { store, _ in
            let upload = try await store.beginMultipart("k")
            let first = try await store.putPart("k", upload, number: 1, .bytes([1]), digest: nil)
            _ = try await store.putPart("k", upload, number: 1, .bytes([2]), digest: nil)
            await #expect(throws: ObjectStoreError.invalidPart(reason: "part 1 was sent again since")) {
                try await store.completeMultipart("k", upload, parts: [first], condition: .always)
            }
        }
    }

    @Test("an upload belongs to its key")
    func uploadOfAnotherKey() async throws {
        try await withFilesystemStore { store, _ in
            let upload = try await store.beginMultipart("a")
            await #expect(throws: ObjectStoreError.noSuchUpload("b", upload)) {
                try await store.putPart("b", upload, number: 1, .bytes([1]), digest: nil)
            }
            try await store.abortMultipart("b", upload)
            #expect(try await store.listMultipartUploads(prefix: "").count == 1)
        }
    }

    @Test("gives the path of an object's very bytes")
    func localPath() async throws {
        try await withFilesystemStore { store, _ in
            _ = try await store.put("x/y", .bytes([1, 2]), digest: nil, condition: .always)
            let path = try #require(store.localPath(of: "x/y"))
            #expect(try Data(contentsOf: URL(filePath: path)) == Data([1, 2]))
        }
    }

    @Test("leaves no directory behind that deleted objects needed")
    func emptyDirectories() async throws {
        try await withFilesystemStore { store, _ in
            _ = try await store.put("a/b/c/d", .bytes([1]), digest: .sha256(of: [1]), condition: .always)
            _ = try await store.put("a/x", .bytes([1]), digest: nil, condition: .always)
            try await store.delete(["a/b/c/d"])
            let path = try #require(store.localPath(of: "a/b"))
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(try await store.head("a/x") != nil)
        }
    }

    @Test(
        "puts and deletes at the same directories do not disturb each other",
        arguments: [(FilesystemStore.Durability.unsafeForTests, 40), (.synchronized, 4)])
    func churn(durability: FilesystemStore.Durability, rounds: Int) async throws {
        try await withFilesystemStore(durability: durability) { store, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        for round in 0..<rounds {
                            let key = try ObjectKey(validating: "d/e/\(worker)")
                            _ = try await store.put(
                                key, .bytes([UInt8(round)]), digest: .sha256(of: [UInt8(round)]), condition: .always)
                            try await store.delete([key])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.list(prefix: "", after: nil, limit: 10).isEmpty)
        }
    }

    @Test("forgets the digest of a file that somebody changed")
    func staleMetadata() async throws {
        try await withFilesystemStore { store, _ in
            let digest = Digest.sha256(of: [1, 2, 3])
            _ = try await store.put("k", .bytes([1, 2, 3]), digest: digest, condition: .always)
            #expect(try await store.head("k")?.digest == digest)
            let path = try #require(store.localPath(of: "k"))
            try Data([9, 9, 9]).write(to: URL(filePath: path))
            #expect(try await store.head("k")?.digest == nil)
        }
    }

    @Test("removes what crashes left, and nothing that is newer")
    func removeTemporaryFiles() async throws {
        try await withFilesystemStore { store, root in
            let old = "\(root)/store/.temporary/old", new = "\(root)/store/.temporary/new"
            try FileManager.default.createDirectory(atPath: "\(old)/parts", withIntermediateDirectories: true)
            try Data([1]).write(to: URL(filePath: "\(old)/parts/1"))
            try Data([1]).write(to: URL(filePath: new))
            let hourAgo = Date(timeIntervalSinceNow: -3600)
            try FileManager.default.setAttributes([.modificationDate: hourAgo], ofItemAtPath: old)
            #expect(try await store.removeTemporaryFiles(olderThan: .seconds(600), now: Date()) == 1)
            #expect(!FileManager.default.fileExists(atPath: old))
            #expect(FileManager.default.fileExists(atPath: new))
        }
    }

    @Test("leaves no temporary file behind, whatever happened")
    func noTemporaryFiles() async throws {
        try await withFilesystemStore { store, root in
            _ = try await store.put("k", .bytes([1]), digest: .sha256(of: [1]), condition: .always)
            _ = try? await store.put("k", .bytes([1]), digest: nil, condition: .ifAbsent)
            _ = try? await store.put("k", .bytes([1]), digest: .sha256(of: [2]), condition: .always)
            _ = try? await store.put("k/x", .bytes([1]), digest: nil, condition: .always)
            let upload = try await store.beginMultipart("m")
            let part = try await store.putPart("m", upload, number: 1, .bytes([1]), digest: nil)
            _ = try await store.completeMultipart("m", upload, parts: [part], condition: .ifAbsent)
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(root)/store/.temporary")
            #expect(names.isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(root)/store/.multipart").isEmpty)
        }
    }

    @Test("finishes a completion that broke off after the object was there")
    func interruptedCompletion() async throws {
        try await withFilesystemStore { store, root in
            let upload = try await store.beginMultipart("m")
            let part = try await store.putPart("m", upload, number: 1, .bytes([1, 2]), digest: nil)
            // What a crash leaves between giving the object its name and removing the upload.
            let path = "\(root)/store/.multipart/\(upload)"
            try FileManager.default.copyItem(atPath: "\(path)/parts/00001", toPath: "\(path)/assembled")
            try FileManager.default.linkItem(atPath: "\(path)/assembled", toPath: "\(root)/store/objects/m")
            let made = try await store.completeMultipart("m", upload, parts: [part], condition: .ifAbsent)
            #expect(made.size == 2)
            #expect(try await store.listMultipartUploads(prefix: "").isEmpty)
            let again = try await store.completeMultipart("m", upload, parts: [part], condition: .ifAbsent)
            #expect(again.etag == made.etag)
        }
    }

    @Test("completing from many tasks at once makes one object and no error")
    func concurrentCompletion() async throws {
        try await withFilesystemStore { store, _ in
            let upload = try await store.beginMultipart("m")
            let part = try await store.putPart("m", upload, number: 1, .bytes([1, 2]), digest: nil)
            let etags = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await store.completeMultipart("m", upload, parts: [part], condition: .ifAbsent).etag
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(etags.count == 1)
        }
    }

    @Test("says what is wrong with a directory that it cannot use")
    func unusableRoot() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/file"
            try Data([1]).write(to: URL(filePath: path))
            let pool = ThreadPool(name: "store", threads: 1)
            defer { pool.shutdown() }
            await #expect(throws: ObjectStoreError.self) {
                try await FilesystemStore(root: "\(path)/below", durability: .synchronized, signer: nil, pool: pool)
            }
        }
    }

    @Test("presigns nothing without a signer")
    func noSigner() async throws {
        try await withTemporaryDirectory { directory in
            let pool = ThreadPool(name: "store", threads: 1)
            defer { pool.shutdown() }
            let store = try await FilesystemStore(root: directory, durability: .synchronized, signer: nil, pool: pool)
            await #expect(throws: ObjectStoreError.self) {
                try await store.presign(.get("k"), expiresIn: .seconds(1), now: Date())
            }
        }
    }

    /// What the API does with a presigned request, in short.
    private static func send(
        _ request: PresignedRequest, _ body: [UInt8], to store: FilesystemStore
    ) async throws -> (status: Int, body: [UInt8]) {
        let target = request.url.dropFirst(publicBase.count)
        let sides = target.split(separator: "?", maxSplits: 1)
        let signed: SignedOperation
        do throws(URLSignatureError) {
            signed = try signer.verify(
                method: request.method, path: String(sides[0]), query: String(sides[1]), now: Date())
        } catch {
            return (403, [])
        }
        do throws(ObjectStoreError) {
            switch signed.operation {
            case .get(let key): return (200, try await store.read(key, range: nil, limit: .mebibytes(64)))
            case .put(let key, let length, let digest):
                guard body.count == length else { return (400, []) }
                _ = try await store.put(key, .bytes(body), digest: digest, condition: .always)
            case .part(let key, let upload, let number, let length):
                guard body.count == length else { return (400, []) }
                _ = try await store.putPart(key, upload, number: number, .bytes(body), digest: nil)
            }
            return (200, [])
        } catch {
            return (400, [])
        }
    }
}
