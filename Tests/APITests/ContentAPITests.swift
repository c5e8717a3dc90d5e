import API
import AsyncHTTPClient
import BuildStore
import Content
import Digests
import FoundationEssentials
import Multipart
import NIOCore
import NIOHTTP1
import ObjectStore
import Postgres
import Storefront
import Testing

/// A version that is ready, as the engine would leave it, with objects in the store.
struct ReadyVersion: Sendable {
    static let envelope = Array("the signed manifest".utf8)
    static let pack: [UInt8] = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    static let patch = Array("the patch".utf8)
    static let manifestDigest = Digest.sha256(of: [1, 2, 3])

    let path: String
    let id: VersionID
    let from: VersionID

    static var packDigest: Digest { Digest.sha256(of: pack) }

    static func make(_ api: APIHarness, game: String, by admin: Member) async throws -> ReadyVersion {
        let old = try await self.uploaded(api, "1.0", game: game, by: admin)
        let new = try await self.uploaded(api, "2.0", game: game, by: admin)
        let (builds, store, developer) = (api.services.builds, api.services.store, admin.developer)
        for (key, bytes) in [("m/1", Self.envelope), ("p/1", Self.pack), ("d/1", Self.patch)] {
            _ = try await store.put(
                try ObjectKey(validating: key), .bytes(bytes), digest: Digest.sha256(of: bytes), condition: .always)
        }
        let pack = try await builds.announce(
            pack: Self.packDigest, size: Int64(Self.pack.count), key: "p/1", developer: developer, for: new.id)
        let files = ["a/z.bin", "a/ёж.txt", "b"].enumerated().map { index, path in
            (index, path)
        }
        let records = try files.map { index, path in
            FileRecord(
                number: index, path: try BuildPath(validating: path), entry: index == 2 ? .symlink : .file, size: 10,
                executable: index == 1, target: index == 2 ? "a/z.bin" : nil, digest: nil)
        }
        let manifest = ManifestRecord(
            digest: Self.manifestDigest, objectKey: "m/1", size: Int64(Self.envelope.count), files: 2, contentSize: 20,
            chunks: 2, newChunks: 1, storedSize: 30, newSize: 15, publishedAt: Date())
        try await api.database.transaction { transaction in
            try await builds.record(records, of: new.id, in: transaction)
            try await builds.markStored(pack, chunks: [], developer: developer, in: transaction)
            for id in [old.id, new.id] { try await builds.markProcessing(id, in: transaction) }
            let isPublished = try await builds.publish(manifest, of: new.id, in: transaction)
            #expect(isPublished)
            try await builds.record(
                patchFrom: old.id, to: new.id, state: .ready, objectKey: "d/1", digest: Digest.sha256(of: Self.patch),
                size: Int64(Self.patch.count), chunkBytes: 1000, rank: 0, summary: nil, in: transaction)
        }
        return ReadyVersion(path: new.path, id: new.id, from: old.id)
    }

    private static func uploaded(
        _ api: APIHarness, _ version: String, game: String, by admin: Member
    ) async throws -> (path: String, id: VersionID) {
        let (path, document) = try await api.version(of: game, by: admin, version, size: 3)
        _ = try await api.call(.PUT, "\(path)/upload/parts/1", as: admin.caller, bytes: [1, 2, 3])
        #expect(try await api.call(.POST, "\(path)/upload/complete", as: admin.caller).status == 202)
        return (path, try #require(document["version_id"].text.flatMap { VersionID($0) }))
    }
}

@Suite("Content over HTTP")
struct ContentAPITests {
    private func withReadyVersion(_ body: @Sendable (APIHarness, Member, ReadyVersion) async throws -> Void)
        async throws
    {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            try await body(api, admin, try await ReadyVersion.make(api, game: game, by: admin))
        }
    }

    @Test("a ready version says what is in it, and the game says which is current")
    func version() async throws {
        try await self.withReadyVersion { api, admin, ready in
            let version = try await api.call(.GET, ready.path, as: admin.caller)
            #expect(version.json["status"].text == "ready")
            #expect(version.json["manifest_digest"].text == ReadyVersion.manifestDigest.description)
            #expect(
                version.json["content"] == [
                    "files": 2, "bytes": 20, "chunks": 2, "new_chunks": 1, "stored_bytes": 30, "new_bytes": 15,
                ])
            let game = try await api.call(.GET, "/games/\(version.json["game_id"].text ?? "")", as: admin.caller)
            #expect(game.json["current_version"]["version_string"].text == "2.0")
            #expect(game.json["pending_version"]["version_string"].text == "1.0")
            let once = try await api.call(.POST, "\(ready.path)/upload/complete", as: admin.caller)
            #expect(once.status == 200 && once.json["status"].text == "ready")
        }
    }

    @Test("the manifest never changes: strong tag, digest of the bytes, kept for ever")
    func manifest() async throws {
        try await self.withReadyVersion { api, admin, ready in
            let manifest = try await api.call(.GET, "\(ready.path)/manifest", as: admin.caller)
            #expect(manifest.status == 200 && manifest.bytes == ReadyVersion.envelope)
            #expect(manifest.header("content-type") == "application/vnd.slipway.manifest")
            #expect(manifest.header("etag") == "\"\(ReadyVersion.manifestDigest)\"")
            #expect(manifest.header("cache-control") == "private, max-age=31536000, immutable")
            let digest = Data(Digest.sha256(of: ReadyVersion.envelope).bytes).base64EncodedString()
            #expect(manifest.header("repr-digest") == "sha-256=:\(digest):")
            let kept = try await api.call(
                .GET, "\(ready.path)/manifest", as: admin.caller,
                headers: [("if-none-match", "\"\(ReadyVersion.manifestDigest)\"")])
            #expect(kept.status == 304 && kept.bytes.isEmpty)
            let early = try await api.call(
                .GET, "\(ready.path.replacing(ready.id.description, with: ready.from.description))/manifest",
                as: admin.caller)
            #expect(early.status == 409 && early.code == "not-ready" && early.json["current"].text == "processing")
        }
    }

    @Test("the Download Service reads the same manifest by the version alone, and none of a recalled one")
    func manifestForService() async throws {
        try await self.withReadyVersion { api, _, ready in
            let service = try api.service(.manifestsRead)
            let path = "/internal/v1/versions/\(ready.id)/manifest"
            let manifest = try await api.call(.GET, path, as: service)
            #expect(manifest.status == 200 && manifest.bytes == ReadyVersion.envelope)
            #expect(manifest.header("etag") == "\"\(ReadyVersion.manifestDigest)\"")
            #expect(try await api.call(.GET, path, as: try api.service(.reviewsDecide)).status == 403)
            #expect(try await api.call(.GET, "/internal/v1/versions/\(ready.from)/manifest", as: service).status == 409)
            try await api.database.execute(
                "UPDATE game_versions SET review_status = 'recalled' WHERE version_id = \(ready.id)")
            #expect(try await api.call(.GET, path, as: service).status == 404)
        }
    }

    @Test("files come in the order of their paths, page by page")
    func files() async throws {
        try await self.withReadyVersion { api, admin, ready in
            let first = try await api.call(.GET, "\(ready.path)/files?limit=2", as: admin.caller)
            #expect(first.json["items"].items.map { $0["path"].text } == ["a/z.bin", "a/ёж.txt"])
            #expect(first.json["items"][1]["executable"] == true)
            let cursor = try #require(first.json["next_cursor"].text)
            let second = try await api.call(.GET, "\(ready.path)/files?cursor=\(cursor)", as: admin.caller)
            #expect(second.json["items"].items.map { $0["target"].text } == ["a/z.bin"])
            #expect(second.json["next_cursor"] == .null)
        }
    }

    static let ranges: [(String, Range<Int>?)] = [
        ("bytes=0-0", 0..<1), ("bytes=10-19", 10..<20), ("bytes=99990-", 99_990..<100_000),
        ("bytes=-5", 99_995..<100_000), ("bytes=99999-200000", 99_999..<100_000), ("bytes=-200000", 0..<100_000),
        ("bytes=0-99999999999999999999999", 0..<100_000),
    ]

    @Test("packs are served whole and in ranges")
    func packs() async throws {
        try await self.withReadyVersion { api, admin, ready in
            let path = "\(ready.path)/packs/\(ReadyVersion.packDigest)"
            let whole = try await api.call(.GET, path, as: admin.caller)
            #expect(whole.status == 200 && whole.bytes == ReadyVersion.pack)
            #expect(whole.header("accept-ranges") == "bytes" && whole.header("content-length") == "100000")
            for (header, range) in Self.ranges {
                let part = try await api.call(.GET, path, as: admin.caller, headers: [("range", header)])
                let range = try #require(range)
                #expect(part.status == 206 && part.bytes == Array(ReadyVersion.pack[range]), "\(header)")
                #expect(part.header("content-range") == "bytes \(range.lowerBound)-\(range.upperBound - 1)/100000")
            }
            for header in ["bytes=100000-", "bytes=-0"] {
                let none = try await api.call(.GET, path, as: admin.caller, headers: [("range", header)])
                #expect(none.status == 416 && none.header("content-range") == "bytes */100000")
            }
            for header in ["bytes=0-1,3-4", "lines=1-2", "bytes=b-a", "bytes=5-3"] {
                let all = try await api.call(.GET, path, as: admin.caller, headers: [("range", header)])
                #expect(all.status == 200 && all.bytes.count == 100_000, "\(header)")
            }
            let other = try await api.call(
                .GET, path, as: admin.caller, headers: [("range", "bytes=0-1"), ("if-range", "\"old\"")])
            #expect(other.status == 200)
            let head = try await api.call(.HEAD, path, as: admin.caller)
            #expect(head.status == 200 && head.header("content-length") == "100000" && head.bytes.isEmpty)
            for absent in ["abc", Digest.sha256(of: [9]).description] {
                #expect(try await api.call(.GET, "\(ready.path)/packs/\(absent)", as: admin.caller).status == 404)
            }
        }
    }

    @Test("patches are listed and served, under either name")
    func patches() async throws {
        try await self.withReadyVersion { api, admin, ready in
            for name in ["patches", "deltas"] {
                let list = try await api.call(.GET, "\(ready.path)/\(name)", as: admin.caller)
                let patch = list.json["items"][0]
                #expect(patch["from_version_string"].text == "1.0" && patch["chunk_bytes"].number == 1000)
                let bytes = try await api.call(.GET, try #require(patch["url"].text), as: admin.caller)
                #expect(bytes.bytes == ReadyVersion.patch)
                #expect(
                    try await api.call(.GET, "\(ready.path)/\(name)/\(ready.from)", as: admin.caller).bytes
                        == ReadyVersion.patch)
                let none = try await api.call(.GET, "\(ready.path)/\(name)?from=\(ready.id)", as: admin.caller)
                #expect(none.json["items"] == [])
                #expect(try await api.call(.GET, "\(ready.path)/\(name)?from=x", as: admin.caller).status == 422)
            }
            #expect(try await api.call(.GET, "\(ready.path)/patches/\(ready.id)", as: admin.caller).status == 404)
        }
    }

    @Test("B5: a preview tells what an update costs, by file and range, with the reasons")
    func preview() async throws {
        try await self.withReadyVersion { api, admin, ready in
            let path = "\(ready.path)/patch-preview"
            let none = try await api.call(.GET, "\(path)?from=\(ready.from)", as: admin.caller)
            #expect(none.status == 404 && none.json["code"].text == "no-preview")
            #expect(try await api.call(.GET, path, as: admin.caller).status == 422)
            let preview = UpdatePreview(
                updateBytes: 90, patchBytes: 80, chunkBytes: 1000, bytesRead: 5000, bytesWritten: 6000,
                methods: ["modelled": 1], changedFiles: 1,
                files: [
                    .init(
                        path: "game.pak", change: "edited", size: 6000, patchBytes: 70, chunkBytes: 990, newBytes: 1400,
                        ranges: [.init(offset: 10, length: 1400)], reasons: ["reshuffled"])
                ])
            let summary = String(decoding: try JSONEncoder().encode(preview), as: UTF8.self)
            try await api.services.builds.database.transaction { transaction in
                try await api.services.builds.record(
                    patchFrom: ready.from, to: ready.id, state: .notWorthIt, objectKey: nil, digest: nil, size: 80,
                    chunkBytes: 990, rank: 0, summary: summary, in: transaction)
            }
            let told = try await api.call(.GET, "\(path)?from=\(ready.from)", as: admin.caller)
            #expect(told.status == 200 && told.json["update_bytes"].number == 90)
            let file = told.json["files"][0]
            #expect(file["path"].text == "game.pak" && file["reasons"][0].text == "reshuffled")
            #expect(file["ranges"][0]["length"].number == 1400)

            // Once somebody has read the files, their reasons count.
            #expect(told.json["reasons_by"] == "chunks")
            try await api.services.builds.database.transaction { transaction in
                try await api.services.builds.record(
                    reasons: ["game.pak": ["scattered_changes"], "other": ["rewritten"]], from: ready.from,
                    to: ready.id,
                    in: transaction)
            }
            let looked = try await api.call(.GET, "\(path)?from=\(ready.from)", as: admin.caller)
            #expect(looked.json["reasons_by"] == "content" && looked.json["update_bytes"].number == 90)
            #expect(looked.json["files"][0]["reasons"] == ["scattered_changes"])
            #expect(looked.json["files"][0]["ranges"] == file["ranges"])
        }
    }

    @Test("a presigned read serves ranges and no writes")
    func presignedRead() async throws {
        try await self.withReadyVersion { api, _, _ in
            let request = try await api.services.store.presign(
                .get(try ObjectKey(validating: "p/1")), expiresIn: .seconds(60), now: Date())
            let part = try await api.call(.GET, request.url, headers: [("range", "bytes=1-2")])
            #expect(part.status == 206 && part.bytes == Array(ReadyVersion.pack[1...2]))
            #expect(try await api.call(.HEAD, request.url).status == 200)
            #expect(try await api.call(.PUT, request.url, bytes: [1]).status == 403)
        }
    }

    @Test("a reader that stops taking loses its connection, and what fed it is let go")
    func stalledReader() async throws {
        try await APIHarness.run {
            $0.limits.idle = .milliseconds(500)
        } _: { api in
            // More than the sockets of both sides hold.
            let size = 48 << 20
            let key = try ObjectKey(validating: "large")
            _ = try await api.services.store.put(
                key, .bytes([UInt8](repeating: 1, count: size)), digest: nil, condition: .always)
            let request = try await api.services.store.presign(.get(key), expiresIn: .seconds(60), now: Date())
            let response = try await api.client.execute(
                HTTPClientRequest(url: api.address(request.url)), timeout: .seconds(30))
            #expect(response.status == .ok)
            try await Task.sleep(for: .seconds(2))
            var received = 0
            await #expect(throws: (any Error).self) {
                for try await buffer in response.body { received += buffer.readableBytes }
            }
            #expect(received < size)
            let whole = try await api.call(.GET, request.url, headers: [("range", "bytes=0-1048575")])
            #expect(whole.status == 206 && whole.bytes.count == 1 << 20)
        }
    }
}
