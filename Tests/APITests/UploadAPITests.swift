import API
import AsyncHTTPClient
import Content
import Digests
import FoundationEssentials
import NIOCore
import NIOHTTP1
import ObjectStore
import Postgres
import Storefront
import Testing

@Suite("Uploads over HTTP")
struct UploadAPITests {
    /// Eight MiB and a little: two parts.
    static let build: [UInt8] = (0..<(8 << 20) + 777).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    static let partSize = 8 << 20

    static func part(_ number: Int) -> [UInt8] {
        Array(build[((number - 1) * partSize)..<min(number * partSize, build.count)])
    }

    static func field(_ bytes: [UInt8]) -> (String, String) {
        ("content-digest", "sha-256=:\(Data(Digest.sha256(of: bytes).bytes).base64EncodedString()):")
    }

    @Test("EP-13, EP-14, EP-15, EP-16, VR-9: parts through us and by presigned URL make one upload, committed once")
    func bothWays() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let hash = Digest.sha256(of: Self.build).description
            let (path, version) = try await api.version(
                of: game, by: admin, size: Self.build.count,
                ["file_name": "game.zip", "file_hash": .string(hash.uppercased()), "changelog": "First\nand best"])
            #expect(version["status"].text == "uploading" && version["attempt"].number == 1)
            #expect(version["job_id"] == .null && version["review_status"].text == "not_submitted")
            #expect(version["stages"][0]["stage"].text == "receive" && version["stages"][0]["state"].text == "running")
            let plan = version["upload"]
            #expect(plan["part_count"].number == 2 && plan["part_size"].number == Int64(Self.partSize))
            #expect(plan["url"] == .null && plan["parts"].items.count == 2 && plan["method"].text == "multipart")
            #expect(
                plan["stream_url_template"].text
                    == "\(APIHarness.publicURL)\(APIHarness.prefix)\(path)/upload/parts/{part_number}")

            let streamed = try await api.call(
                .PUT, "\(path)/upload/parts/1", as: admin.caller, bytes: Self.part(1),
                headers: [Self.field(Self.part(1))])
            #expect(streamed.status == 200 && streamed.json["size"].number == Int64(Self.partSize))
            let signed = plan["parts"][1]
            let presigned = try await api.call(
                .PUT, try #require(signed["url"].text), bytes: Self.part(2), headers: [Self.field(Self.part(2))])
            #expect(presigned.status == 200 && presigned.header("etag")?.hasPrefix("\"") == true)

            let resumed = try await api.call(.GET, "\(path)/upload", as: admin.caller)
            #expect(resumed.json["received"].items.map { $0["part_number"].number } == [1, 2])
            #expect(resumed.json["parts"] == [] && resumed.json["state"].text == "open")

            let done = try await api.call(.POST, "\(path)/upload/complete", as: admin.caller)
            #expect(done.status == 202 && done.json["status"].text == "uploaded")
            #expect(done.json["file_hash"].text == hash && done.json["file_size"].number == Int64(Self.build.count))
            let job = try #require(done.json["job_id"].text)
            #expect(done.header("location") == "/api/v1/developer/jobs/\(job)")

            // However often it is said, and by whichever of the two routes.
            let again = try await api.call(.POST, "\(path)/upload/complete", as: admin.caller, json: [:])
            let put = try await api.call(.PUT, path, as: admin.caller, json: ["status": "uploaded"])
            #expect(again.status == 202 && again.json["job_id"].text == job)
            #expect(put.status == 202 && put.json["job_id"].text == job)
            #expect(try await api.database.rows("SELECT FROM job").count == 1)

            let stored = try await api.services.store.list(prefix: "", after: nil, limit: 10)
            #expect(stored.map(\.size) == [Int64(Self.build.count)])
            let bytes = try await api.services.store.read(
                stored[0].key, range: nil, limit: ByteCount(Self.build.count))
            #expect(Digest.sha256(of: bytes).description == hash)

            let read = try await api.call(.GET, path, as: admin.caller)
            #expect(read.json["upload"] == .null && read.json["changelog"].text == "First\nand best")
            #expect(read.json["stages"].items.map { $0["stage"].text } == ["receive", "ingest"])
            #expect(read.json["stages"].items.map { $0["state"].text } == ["done", "waiting"])
            let status = try await api.call(.GET, "/jobs/\(job)", as: admin.caller)
            #expect(status.json["state"].text == "available" && status.json["done"] == false)
            #expect(status.json["version_id"] == version["version_id"] && status.json["kind"].text == "ingest-build")
            let jobs = try await api.call(
                .GET, "/jobs?version_id=\(version["version_id"].text ?? "")&state=available", as: admin.caller)
            #expect(jobs.json["items"].items.count == 1)
        }
    }

    @Test("VR-11: a key with builds:write does the whole flow, PUT with a status commits")
    func withKey() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let made = try await api.call(
                .POST, "/apikeys", as: admin.caller, json: ["name": "ci", "permissions": ["builds:write"]])
            let key = Caller.key(try #require(made.json["api_key"].text))
            let ci = Member(developer: admin.developer, user: admin.user, caller: key)
            let (path, version) = try await api.version(of: game, by: ci, size: 5)
            #expect(version["upload"]["url"].text != nil)
            #expect(try await api.call(.PUT, "\(path)/upload/parts/1", as: key, bytes: [1, 2, 3, 4, 5]).status == 200)
            let done = try await api.call(.PUT, path, as: key, json: ["status": "uploaded", "changelog": "ci"])
            #expect(done.status == 202 && done.json["changelog"].text == "ci")
            #expect(try await api.call(.GET, path, as: key).status == 200)
            #expect(try await api.call(.GET, "/jobs/\(done.json["job_id"].text ?? "")", as: key).status == 200)
            #expect(try await api.call(.GET, "\(path)/manifest", as: key).code == "scope-missing")
        }
    }

    @Test("row 45: a part that is wrong stays missing: digest, length, number, and an early commit")
    func wrongParts() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let (path, version) = try await api.version(
                of: try await api.game(of: admin), by: admin, size: Self.build.count)
            let early = try await api.call(.POST, "\(path)/upload/complete", as: admin.caller)
            #expect(early.status == 422 && early.code == "upload-incomplete" && early.json["missing_parts"] == [1, 2])

            let parts = "\(path)/upload/parts"
            let digest = try await api.call(
                .PUT, "\(parts)/2", as: admin.caller, bytes: Self.part(2), headers: [Self.field([1])])
            #expect(digest.status == 422 && digest.code == "digest-mismatch")
            #expect(digest.json["actual"].text == Digest.sha256(of: Self.part(2)).description)
            let short = try await api.call(.PUT, "\(parts)/2", as: admin.caller, bytes: [1, 2, 3])
            #expect(short.status == 422 && short.code == "size-mismatch" && short.json["expected"].number == 777)
            for number in ["3", "0", "-1", "10001"] {
                let out = try await api.call(.PUT, "\(parts)/\(number)", as: admin.caller, bytes: [1])
                #expect(out.status == 422 && out.code == "part-out-of-range" && out.json["part_count"].number == 2)
            }
            #expect(try await api.call(.PUT, "\(parts)/one", as: admin.caller, bytes: [1]).status == 404)
            let header = try await api.call(
                .PUT, "\(parts)/2", as: admin.caller, bytes: Self.part(2), headers: [("content-digest", "sha-256=abc")])
            #expect(header.status == 400)

            let url = try #require(version["upload"]["parts"][1]["url"].text)
            let signed = try await api.call(.PUT, url, bytes: Self.part(2), headers: [Self.field([1])])
            #expect(signed.status == 422 && signed.code == "digest-mismatch")

            #expect(try await api.call(.PUT, "\(parts)/2", as: admin.caller, bytes: Self.part(2)).status == 200)
            let late = try await api.call(.POST, "\(path)/upload/complete", as: admin.caller)
            #expect(late.json["missing_parts"] == [1])
            let plan = try await api.call(.GET, path, as: admin.caller)
            #expect(plan.json["upload"]["received"].items.map { $0["part_number"].number } == [2])
            #expect(plan.json["stages"][0]["bytes_done"].number == 777)
        }
    }

    @Test("row 57: a presigned URL is good for what it says and nothing else")
    func presigned() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let (path, version) = try await api.version(of: try await api.game(of: admin), by: admin, size: 4)
            let url = try #require(version["upload"]["url"].text)
            let bytes: [UInt8] = [1, 2, 3, 4]
            let changed = [
                url.replacing("/uploads/", with: "/other/"), url.replacing("number=1", with: "number=2"),
                url.replacing("length=4", with: "length=5"), url.replacing("expires=", with: "expires=9"),
                String(url.dropLast()) + (url.hasSuffix("0") ? "1" : "0"), url + "&x=1",
                String(url.prefix { $0 != "?" }), "/storage/v1/uploads/x",
            ]
            for other in changed {
                let answer = try await api.call(.PUT, other, bytes: bytes)
                #expect(answer.status == 403 && answer.code == "signature-invalid", "\(other)")
            }
            #expect(try await api.call(.PUT, url, bytes: bytes + [5]).status == 403)
            #expect(try await api.call(.GET, url).status == 403)
            #expect(try await api.call(.DELETE, url).status == 405)
            let signer = try #require(api.services.storageSigner)
            let key = try #require(version["s3_path"].text)
            let old = signer.sign(
                .put(try .init(validating: key), length: 4, digest: nil), expiresAt: Date(timeIntervalSince1970: 1))
            #expect(try await api.call(.PUT, old.url, bytes: bytes).code == "upload-url-expired")
            #expect(try await api.call(.PUT, url, bytes: bytes).status == 200)

            let many = try await api.call(
                .POST, "\(path)/upload/parts", as: admin.caller, json: ["part_numbers": [1, 1]])
            #expect(many.status == 200 && many.json["parts"].items.count == 2)
            let out = try await api.call(.POST, "\(path)/upload/parts", as: admin.caller, json: ["part_numbers": [2]])
            #expect(out.code == "part-out-of-range")
            for body: JSONValue in [[:], ["part_numbers": []], ["part_numbers": 1], ["part_numbers": ["1"]]] {
                let answer = try await api.call(.POST, "\(path)/upload/parts", as: admin.caller, json: body)
                #expect(answer.status == 422)
            }
        }
    }

    @Test("VR-6: a version string is taken once; one that failed is opened again")
    func versionStrings() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin), other = try await api.game(of: admin)
            let (path, first) = try await api.version(of: game, by: admin, "1.0", size: 4)
            let taken = try await api.call(
                .POST, "/games/\(game)/versions", as: admin.caller, json: ["version_string": "1.0", "file_size": 4])
            #expect(taken.status == 409 && taken.code == "version-exists" && taken.json["current"].text == "uploading")
            _ = try await api.version(of: other, by: admin, "1.0", size: 4)

            #expect(try await api.call(.DELETE, "\(path)/upload", as: admin.caller).status == 204)
            #expect(try await api.call(.DELETE, "\(path)/upload", as: admin.caller).status == 204)
            let failed = try await api.call(.GET, path, as: admin.caller)
            #expect(failed.json["status"].text == "failed" && failed.json["failure"]["code"].text == "upload-aborted")
            #expect(failed.json["stages"][0]["state"].text == "failed")
            #expect(try await api.call(.GET, "\(path)/upload", as: admin.caller).status == 409)
            let closed = try await api.call(.PUT, "\(path)/upload/parts/1", as: admin.caller, bytes: [1, 2, 3, 4])
            #expect(closed.status == 409 && closed.json["current"].text == "failed")
            #expect(closed.json["allowed"] == ["retry", "reopen"])
            #expect(try await api.call(.POST, "\(path)/upload/complete", as: admin.caller).status == 409)
            #expect(try await api.call(.POST, "\(path)/retry", as: admin.caller).code == "not-retryable")

            let (again, second) = try await api.version(of: game, by: admin, "1.0", size: 5)
            #expect(again == path && second["attempt"].number == 2 && second["version_id"] == first["version_id"])
            #expect(second["failure"] == .null && second["file_size"].number == 5)
        }
    }

    @Test("clients set uploaded and failed; the rest is the workers'")
    func statuses() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let (path, _) = try await api.version(of: try await api.game(of: admin), by: admin, size: 4)
            for status in ["ready", "processing", "uploading"] {
                let answer = try await api.call(.PUT, path, as: admin.caller, json: ["status": .string(status)])
                #expect(answer.status == 409 && answer.json["allowed"] == ["uploaded", "failed"], "\(status)")
            }
            #expect(try await api.call(.PUT, path, as: admin.caller, json: ["status": "sold"]).status == 422)
            let cleared = try await api.call(.PATCH, path, as: admin.caller, json: ["changelog": .null])
            #expect(cleared.status == 200 && cleared.json["changelog"] == .null)
            let failed = try await api.call(.PUT, path, as: admin.caller, json: ["status": "failed"])
            #expect(failed.status == 200 && failed.json["status"].text == "failed")
            #expect(try await api.call(.PUT, path, as: admin.caller, json: ["status": "failed"]).status == 200)
            #expect(try await api.call(.PUT, path, as: admin.caller, json: ["status": "uploaded"]).status == 409)
        }
    }

    @Test("what a new version may be is checked all at once")
    func validation() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let path = "/games/\(try await api.game(of: admin))/versions"
            let all = try await api.call(
                .POST, path, as: admin.caller,
                json: [
                    "version_string": .string(String(repeating: "1", count: 101)), "file_size": "4", "file_hash": "abc",
                    "changelog": 7, "file_name": "a\u{0}b",
                ])
            #expect(all.status == 422)
            #expect(
                Set(all.json["errors"].items.compactMap { $0["pointer"].text })
                    == ["/version_string", "/file_size", "/file_hash", "/changelog", "/file_name"])
            for size: JSONValue in [0, -1, 214_748_364_801, .null] {
                let answer = try await api.call(
                    .POST, path, as: admin.caller, json: ["version_string": "1", "file_size": size])
                #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].text == "/file_size")
            }
            let fraction = try await api.call(
                .POST, path, as: admin.caller, bytes: Array(#"{"version_string":"1","file_size":1.5}"#.utf8))
            #expect(fraction.status == 422)
            let other = try await api.call(
                .POST, path, as: admin.caller,
                json: ["version_string": "1", "file_size": 4, "file_hash": .string(Digest.sha256(of: [1]).description)])
            #expect(other.status == 201)
            let changed = try await api.call(
                .POST, "\(path)/\(other.json["version_id"].text ?? "")/upload/complete", as: admin.caller,
                json: ["file_hash": .string(Digest.sha256(of: [2]).description)])
            #expect(changed.status == 422 && changed.code == "digest-mismatch")
        }
    }

    @Test("EP-15: versions are listed newest first, by status and in pages")
    func list() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            for index in 0..<5 { _ = try await api.version(of: game, by: admin, "1.\(index)", size: 4) }
            let first = try await api.call(.GET, "/games/\(game)/versions?limit=2", as: admin.caller)
            #expect(first.json["items"].items.map { $0["version_string"].text } == ["1.4", "1.3"])
            let cursor = try #require(first.json["next_cursor"].text)
            let rest = try await api.call(.GET, "/games/\(game)/versions?limit=3&cursor=\(cursor)", as: admin.caller)
            #expect(rest.json["items"].items.map { $0["version_string"].text } == ["1.2", "1.1", "1.0"])
            #expect(rest.json["next_cursor"] == .null)
            let none = try await api.call(.GET, "/games/\(game)/versions?status=ready", as: admin.caller)
            #expect(none.json["items"] == [])
            let detail = try await api.call(.GET, "/games/\(game)", as: admin.caller)
            #expect(detail.json["pending_version"]["version_string"].text == "1.4")
        }
    }

    @Test("row 44: a sender that stops or drips gets 408 and loses its place; the next one is served")
    func slowSenders() async throws {
        try await APIHarness.run {
            $0.limits.idle = .milliseconds(400)
            $0.limits.concurrentParts = 1
            $0.limits.minimumRate = .mebibytes(1)
        } _: { api in
            let admin = try await api.company()
            let (path, _) = try await api.version(of: try await api.game(of: admin), by: admin, size: 4000)
            guard case .token(let token) = admin.caller else { return }
            for drips in [1, 3000] {
                let (stream, feed) = AsyncStream.makeStream(of: ByteBuffer.self)
                var request = HTTPClientRequest(url: api.address("\(APIHarness.prefix)\(path)/upload/parts/1"))
                request.method = .PUT
                request.headers.add(name: "authorization", value: "Bearer \(token)")
                request.body = .stream(stream, length: .known(Int64(4000)))
                let sender = Task {
                    for _ in 0..<drips {
                        feed.yield(ByteBuffer(bytes: [1]))
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
                let response = try await api.client.execute(request, timeout: .seconds(30))
                sender.cancel()
                feed.finish()
                #expect(response.status == .requestTimeout, "\(drips)")
                #expect(response.headers.first(name: "connection") == "close")
            }
            let good = try await api.call(
                .PUT, "\(path)/upload/parts/1", as: admin.caller, bytes: [UInt8](repeating: 1, count: 4000))
            #expect(good.status == 200)
        }
    }

    @Test("a sender that goes away in the middle leaves nothing behind")
    func interrupted() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let (path, _) = try await api.version(of: try await api.game(of: admin), by: admin, size: 1 << 20)
            guard case .token(let token) = admin.caller else { return }
            let (stream, feed) = AsyncStream.makeStream(of: ByteBuffer.self)
            feed.yield(ByteBuffer(repeating: 1, count: 1000))
            var request = HTTPClientRequest(url: api.address("\(APIHarness.prefix)\(path)/upload/parts/1"))
            request.method = .PUT
            request.headers.add(name: "authorization", value: "Bearer \(token)")
            request.body = .stream(stream, length: .known(Int64(1 << 20)))
            let sender = Task { [request] in try await api.client.execute(request, timeout: .seconds(30)) }
            try await Task.sleep(for: .milliseconds(300))
            sender.cancel()
            _ = try? await sender.value
            feed.finish()
            let plan = try await api.call(.GET, "\(path)/upload", as: admin.caller)
            #expect(plan.json["received"] == [])
        }
    }
}
