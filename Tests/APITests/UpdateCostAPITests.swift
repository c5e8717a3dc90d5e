import API
import BuildStore
import Content
import FoundationEssentials
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("What updates may cost")
struct UpdateCostAPITests {
    /// Tells what an update costs, as the job that makes patches does.
    private static func record(
        _ api: APIHarness, from old: String, to new: String, bytes: Int64
    ) async throws {
        let preview = UpdatePreview(
            updateBytes: bytes, patchBytes: bytes, chunkBytes: bytes * 2, bytesRead: 0, bytesWritten: 0, methods: [:],
            changedFiles: 1, files: [])
        let summary = String(decoding: try JSONEncoder().encode(preview), as: UTF8.self)
        try await api.database.execute(
            """
            INSERT INTO patches (to_version, from_version, state, summary)
            VALUES (\(new)::uuid, \(old)::uuid, 'ready', \(summary)::jsonb)
            """)
    }

    @Test("B5: a version whose update costs more than max_patch_bytes is not handed in, and the figures are told")
    func limit() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            let one = try await api.readyVersion(of: game, by: admin, "1.0")
            let first = "/games/\(game)/versions/\(one)/submit"
            // Before anything is live, no update costs anything.
            let early = try await api.call(
                .POST, first, as: admin.caller, json: ["max_patch_bytes": 0, "dry_run": true])
            #expect(early.status == 200 && early.json["ready"] == true && early.json["updates"] == [])
            try await api.approve(one, of: game, by: admin)
            _ = try await api.call(.POST, "/games/\(game)/publish", as: admin.caller)
            let two = try await api.readyVersion(of: game, by: admin, "2.0")
            let path = "/games/\(game)/versions/\(two)/submit"
            let unknown = try await api.call(.POST, path, as: admin.caller, json: ["max_patch_bytes": 100])
            #expect(unknown.status == 409 && unknown.code == "update-unknown")
            #expect(unknown.json["from_version_ids"] == [.string(one)] && unknown.header("retry-after") != nil)

            try await Self.record(api, from: one, to: two, bytes: 5000)
            let dear = try await api.call(.POST, path, as: admin.caller, json: ["max_patch_bytes": 4999])
            #expect(dear.status == 422 && dear.code == "update-too-large", "\(dear.json)")
            #expect(dear.json["max_patch_bytes"].number == 4999)
            #expect(dear.json["updates"][0]["update_bytes"].number == 5000)
            #expect(dear.json["updates"][0]["version_string"].text == "1.0")
            let dry = try await api.call(
                .POST, path, as: admin.caller, json: ["max_patch_bytes": 4999, "dry_run": true])
            #expect(dry.status == 200 && dry.json["ready"] == false)
            #expect(dry.json["blocking"].items.last?["code"].text == "update-too-large")
            #expect(try await api.reviewStatus(of: two, in: game, by: admin) == "not_submitted")
            for bad in [.integer(-1), "5000", true] as [JSONValue] {
                let answer = try await api.call(.POST, path, as: admin.caller, json: ["max_patch_bytes": bad])
                #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].text == "/max_patch_bytes")
            }
            let fits = try await api.call(.POST, path, as: admin.caller, json: ["max_patch_bytes": 5000])
            #expect(fits.status == 200 && fits.json["review_status"].text == "in_review", "\(fits.json)")
        }
    }

    @Test("B5: during a rollout both versions that players have count, the dearest first")
    func rollout() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            var versions: [String] = []
            for name in ["1.0", "2.0", "3.0"] {
                versions.append(try await api.readyVersion(of: game, by: admin, name))
                guard name != "3.0" else { continue }
                try await api.approve(versions.last ?? "", of: game, by: admin)
                _ = try await api.call(
                    .POST, "/games/\(game)/publish", as: admin.caller, json: ["rollout_percent": 50])
            }
            try await Self.record(api, from: versions[0], to: versions[2], bytes: 9000)
            try await Self.record(api, from: versions[1], to: versions[2], bytes: 100)
            let refused = try await api.call(
                .POST, "/games/\(game)/versions/\(versions[2])/submit", as: admin.caller,
                json: ["max_patch_bytes": 50])
            #expect(refused.json["updates"].items.map { $0["update_bytes"].number } == [9000, 100])
        }
    }
}
