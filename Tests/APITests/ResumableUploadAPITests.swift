import API
import BuildStore
import Content
import Digests
import FoundationEssentials
import NIOHTTP1
import ObjectStore
import Postgres
import Storefront
import TestKit
import Testing
import Uploads

@Suite("Resumable uploads by the IETF's draft, over HTTP")
struct ResumableUploadAPITests {
    private static let build = UploadAPITests.build
    private static let version = ("upload-draft-interop-version", "8")

    private static func append(
        _ offset: Int, last: Bool, _ more: (String, String)...
    ) -> [(String, String)] {
        [
            self.version, ("content-type", "application/partial-upload"), ("upload-offset", "\(offset)"),
            ("upload-complete", last ? "?1" : "?0"),
        ] + more
    }

    @Test("a stream that broke goes on where the store says, and its end is the commit")
    func resumes() async throws {
        try await APIHarness.run({ $0.limits.takesResumableUploads = true }) { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let (path, _) = try await api.version(of: game, by: admin, size: Self.build.count)
            let content = "\(path)/upload/content"
            func head() async throws -> Answer {
                try await api.call(.HEAD, content, as: admin.caller, headers: [Self.version])
            }
            let empty = try await head()
            #expect(empty.status == 204 && empty.header("upload-offset") == "0")
            #expect(empty.header("upload-complete") == "?0" && empty.header("cache-control") == "no-store")
            #expect(empty.header("upload-length") == "\(Self.build.count)")
            #expect(empty.header("upload-limit")?.contains("max-append-size=8388608") == true)

            let (first, second) = (UploadAPITests.part(1), UploadAPITests.part(2))
            let begun = try await api.call(
                .PATCH, content, as: admin.caller, bytes: first,
                headers: Self.append(0, last: false, UploadAPITests.field(first)))
            #expect(begun.status == 204 && begun.header("upload-offset") == "\(first.count)")

            // The same again is answered with where it stands, in the draft's own words.
            let again = try await api.call(
                .PATCH, content, as: admin.caller, bytes: first, headers: Self.append(0, last: false))
            #expect(again.status == 409 && again.header("upload-offset") == "\(first.count)")
            #expect(
                again.json["type"].text
                    == "https://iana.org/assignments/http-problem-types#mismatching-upload-offset")
            #expect(again.json["expected-offset"].number == Int64(first.count))

            let wrong = try await api.call(
                .PATCH, content, as: admin.caller, bytes: second,
                headers: Self.append(first.count, last: true, UploadAPITests.field(first)))
            #expect(wrong.status == 422 && wrong.json["code"].text == "digest-mismatch")
            let short = try await api.call(
                .PATCH, content, as: admin.caller, bytes: [1], headers: Self.append(first.count, last: true))
            #expect(short.status == 400 && short.json["code"].text == "inconsistent-upload-length")
            #expect(try await head().header("upload-offset") == "\(first.count)")

            let digest = Digest.sha256(of: Self.build)
            let done = try await api.call(
                .PATCH, content, as: admin.caller, bytes: second,
                headers: Self.append(
                    first.count, last: true, UploadAPITests.field(second),
                    ("repr-digest", "sha-256=:\(Data(digest.bytes).base64EncodedString()):")))
            #expect(done.status == 202 && done.json["status"].text == "uploaded")
            #expect(done.json["file_hash"].text == digest.description)
            let closed = try await api.call(
                .PATCH, content, as: admin.caller, bytes: [1], headers: Self.append(Self.build.count, last: true))
            #expect(closed.status == 400 && closed.json["code"].text == "completed-upload")
            let complete = try await head()
            #expect(complete.header("upload-complete") == "?1")
            #expect(complete.header("upload-offset") == "\(Self.build.count)")
        }
    }

    @Test("another version of the draft, another media type, and a server without the setting refuse")
    func refusals() async throws {
        try await APIHarness.run({ $0.limits.takesResumableUploads = true }) { api in
            let admin = try await api.company()
            let (path, _) = try await api.version(
                of: try await api.game(of: admin), by: admin, size: Self.build.count)
            let content = "\(path)/upload/content"
            let other = try await api.call(
                .HEAD, content, as: admin.caller, headers: [("upload-draft-interop-version", "7")])
            #expect(other.status == 400)
            let media = try await api.call(
                .PATCH, content, as: admin.caller, bytes: [1],
                headers: [Self.version, ("content-type", "application/octet-stream"), ("upload-offset", "0")])
            #expect(media.status == 415)
            let silent = try await api.call(
                .PATCH, content, as: admin.caller, bytes: [1],
                headers: [Self.version, ("content-type", "application/partial-upload")])
            #expect(silent.status == 400)
            let cancelled = try await api.call(.DELETE, content, as: admin.caller, headers: [Self.version])
            #expect(cancelled.status == 204)
            #expect(try await api.services.store.listMultipartUploads(prefix: "").isEmpty)
        }
        try await APIHarness.run { api in
            let admin = try await api.company()
            let (path, _) = try await api.version(
                of: try await api.game(of: admin), by: admin, size: Self.build.count)
            let answer = try await api.call(
                .HEAD, "\(path)/upload/content", as: admin.caller, headers: [Self.version])
            #expect(answer.status == 404)
        }
    }

    @Test("Repr-Digest is checked on parts and on the commit")
    func representation() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let bytes = Array("a build".utf8)
            let (path, _) = try await api.version(
                of: try await api.game(of: admin), by: admin, size: bytes.count)
            func field(_ digest: Digest) -> String { "sha-256=:\(Data(digest.bytes).base64EncodedString()):" }
            let right = field(.sha256(of: bytes)), wrong = field(.sha256(of: [1]))
            func send(_ headers: [(String, String)]) async throws -> Answer {
                try await api.call(
                    .PUT, "\(path)/upload/parts/1", as: admin.caller, bytes: bytes, headers: headers)
            }
            #expect(try await send([("repr-digest", wrong)]).status == 422)
            #expect(try await send([("repr-digest", wrong), ("content-digest", right)]).status == 400)
            #expect(try await send([("repr-digest", right)]).status == 200)
            let conflict = try await api.call(
                .POST, "\(path)/upload/complete", as: admin.caller,
                json: ["file_hash": .string(Digest.sha256(of: [2]).description)], headers: [("repr-digest", right)])
            #expect(conflict.status == 422)
            let done = try await api.call(
                .POST, "\(path)/upload/complete", as: admin.caller, json: [:], headers: [("repr-digest", right)])
            #expect(done.status == 202 && done.json["file_hash"].text == Digest.sha256(of: bytes).description)
        }
    }

    @Test("uploads and packs are accounted to their company, and operators see all companies")
    func usage() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let other = try await api.company("Other")
            let bytes = Array("a build".utf8)
            let (path, _) = try await api.version(
                of: try await api.game(of: admin), by: admin, size: bytes.count)
            let open = try await api.call(.GET, "\(APIHarness.prefix)/storage", as: admin.caller)
            #expect(open.status == 200 && open.json["open_uploads"].number == 1)
            #expect(open.json["uploaded_bytes"].number == 0)
            _ = try await api.call(.PUT, "\(path)/upload/parts/1", as: admin.caller, bytes: bytes)
            for _ in 1...2 { _ = try await api.call(.POST, "\(path)/upload/complete", as: admin.caller, json: [:]) }
            try await api.database.execute(
                """
                INSERT INTO packs (developer_id, digest, object_key, size)
                VALUES (\(admin.developer), decode(repeat('ab', 32), 'hex'), 'packs/x', 5000)
                """)
            for _ in 1...2 {
                try await api.database.execute("UPDATE packs SET stored_at = coalesce(stored_at, now())")
            }
            // The same infected file in two versions is kept once; one that was too large is not kept.
            for (version, key) in [(1, "'quarantine/x'"), (2, "'quarantine/x'"), (3, "NULL")] {
                try await api.database.execute(
                    SQL(
                        trusted: """
                            INSERT INTO quarantine (version_id, digest, developer_id, game_id, path, size, signature,
                                engine, object_key, was_published)
                            SELECT gen_random_uuid(), decode(repeat('0\(version)', 32), 'hex'), developer_id,
                                gen_random_uuid(), 'a', 300, 's', 'e', \(key), false FROM packs LIMIT 1
                            """))
            }
            try await api.database.execute(
                """
                INSERT INTO analytics_reports (developer_id, type, format, from_date, to_date, parameters, status,
                    object_key, size, digest, expires_at)
                VALUES (\(admin.developer), 'sales', 'csv', '2026-01-01', '2026-01-02', 'x', 'ready', 'reports/x', 20,
                    decode(repeat('ab', 32), 'hex'), now() + interval '1 day')
                """)
            try await api.database.execute(
                """
                INSERT INTO game_media (game_id, developer_id, kind, format, state, file_name, file_size, position,
                    upload_key, object_key, digest, size)
                SELECT game_id, developer_id, 'art', 'png', 'ready', 'a.png', 9, 1, 'uploads/m', 'media/m',
                    decode(repeat('ab', 32), 'hex'), 1000
                FROM games WHERE developer_id = \(admin.developer) LIMIT 1
                """)

            let usage = try await api.call(.GET, "\(APIHarness.prefix)/storage", as: admin.caller).json
            #expect(usage["uploaded_bytes"].number == 7 && usage["transferred_bytes"].number == 5000)
            #expect(usage["stored_bytes"].number == 6320 && usage["open_uploads"].number == 0)
            #expect(usage["stored"]["media"].number == 1000 && usage["stored"]["reports"].number == 20)
            #expect(usage["stored"]["quarantine"].number == 300)
            #expect(usage["days"].items.count == 1 && usage["days"][0]["uploaded_bytes"].number == 7)
            let nothing = try await api.call(.GET, "\(APIHarness.prefix)/storage", as: other.caller).json
            #expect(nothing["stored_bytes"].number == 0 && nothing["days"].items.isEmpty)

            // What is over is added up, and nothing changes.
            try await api.database.execute("UPDATE storage_ledger SET day = day - 3")
            try await api.database.execute("INSERT INTO storage_ledger SELECT * FROM storage_ledger")
            try await api.services.builds.foldStorageLedger()
            #expect(try await api.database.rows("SELECT FROM storage_ledger").count == 2)
            #expect(
                try await api.call(.GET, "\(APIHarness.prefix)/storage", as: admin.caller).json["uploaded_bytes"].number
                    == 14)

            let caller = try api.operatorCaller()
            let all = try await api.call(.GET, "/ops/v1/storage?limit=10", as: caller)
            #expect(all.status == 200 && all.json["items"][0]["developer_id"].text == admin.developer.description)
        }
    }
}
