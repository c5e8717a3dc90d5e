import API
import BuildStore
import Content
import FoundationEssentials
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("What an update costs, told early")
struct EarlyPreviewAPITests {
    private static func status(
        _ api: APIHarness, _ version: VersionID, _ status: String
    ) async throws {
        try await api.database.execute(
            "UPDATE game_versions SET status = \(status), finished_at = now() WHERE version_id = \(version)")
    }

    private static func summary(_ bytes: Int64, patch: Int64?) throws -> String {
        try UpdatePreview(
            updateBytes: bytes, patchBytes: patch, chunkBytes: 9000, bytesRead: 0, bytesWritten: 0, methods: [:],
            changedFiles: 1,
            files: [
                .init(
                    path: "game.pak", change: "edited", size: 60_000, patchBytes: patch, chunkBytes: 9000,
                    newBytes: 12_000, ranges: [.init(offset: 4096, length: 12_000)],
                    reasons: ["already_compressed"])
            ]
        ).json
    }

    @Test("B5: while a version is being processed the preview tells what an update costs at most, by file and range")
    func processing() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            let old = try await api.readyVersion(of: game, by: admin, "1.0")
            let new = try await api.readyVersion(of: game, by: admin, "2.0")
            let (from, to) = (try #require(VersionID(old)), try #require(VersionID(new)))
            try await Self.status(api, to, "processing")
            let path = "/games/\(game)/versions/\(new)/patch-preview?from=\(old)"

            // Before the job has told.
            let early = try await api.call(.GET, path, as: admin.caller)
            #expect(early.status == 409 && early.code == "not-ready" && early.json["current"].text == "processing")

            let builds = api.services.builds
            try await builds.database.transaction { transaction in
                try await builds.record(
                    previewFrom: from, to: to, chunkBytes: 9000, summary: try Self.summary(9000, patch: nil),
                    in: transaction)
            }
            let told = try await api.call(.GET, path, as: admin.caller)
            #expect(told.status == 200 && told.json["update_bytes"].number == 9000, "\(told.json)")
            #expect(told.json["patch_bytes"] == .null && told.json["chunk_bytes"].number == 9000)
            let file = told.json["files"][0]
            #expect(file["path"].text == "game.pak" && file["reasons"] == ["already_compressed"])
            #expect(file["ranges"][0]["offset"].number == 4096 && file["ranges"][0]["length"].number == 12_000)
            // No patch is promised by that.
            let patches = "/games/\(game)/versions/\(new)/patches"
            #expect(try await api.call(.GET, patches, as: admin.caller).json["items"] == [])
            #expect(try await api.call(.GET, "\(patches)/\(old)", as: admin.caller).status == 404)

            // Others see neither version.
            let stranger = try await api.company("Stranger")
            #expect(try await api.call(.GET, path, as: stranger.caller).status == 404)

            // While the patch is made, it tells how far it is; what is known of its cost stays.
            try await Self.status(api, to, "ready")
            let run = try #require(
                try await builds.beginPatchRun(from: from, to: to, plan: 1, job: 1, attempt: 1))
            try await builds.tell(.milliseconds(1200), of: run)
            let build = try await builds.beginPatch(from: from, to: to, for: to, plan: 1, rank: 0)
            try await builds.database.transaction { transaction in
                let planned = try await builds.plan(
                    build,
                    by: .init(
                        level: "standard", memory: 1 << 28, mostBytes: 8000, mostTime: .seconds(60), cuts: [],
                        shared: []),
                    parts: [
                        PatchPart(number: 0, groups: 0..<2, bytes: 30_000),
                        PatchPart(number: 1, groups: 2..<3, bytes: 30_000),
                    ], in: transaction)
                #expect(planned)
                try await builds.record(
                    PatchPart.Made(size: 100, digest: Digest(bytes: [UInt8](repeating: 1, count: 32)), description: []),
                    part: 1, of: build, in: transaction)
            }
            let making = try await api.call(.GET, patches, as: admin.caller).json["making"]
            #expect(
                making == [
                    [
                        "from_version_id": .string(old), "bytes_done": 30_000, "bytes_total": 60_000,
                        "level": "standard", "cpu_ms": 1200, "cpu_ms_limit": 60_000,
                    ]
                ])
            #expect(try await api.call(.GET, path, as: admin.caller).json["update_bytes"].number == 9000)

            // And what it came to in the end.
            try await builds.database.transaction { transaction in
                try await builds.record(
                    patchFrom: from, to: to, state: .ready, objectKey: "d/1",
                    digest: Digest(bytes: [UInt8](repeating: 1, count: 32)), size: 500, chunkBytes: 9000, rank: 0,
                    summary: try Self.summary(500, patch: 500), in: transaction)
                try await builds.endPatchBuild(from: from, to: to, in: transaction)
            }
            #expect(try await api.call(.GET, path, as: admin.caller).json["update_bytes"].number == 500)
            let made = try await api.call(.GET, patches, as: admin.caller).json
            #expect(made["making"] == [])
            let patch = made["items"][0]
            #expect(patch["cpu_ms"].number == 1200 && patch["level"] == "standard" && patch["reason"] == .null)
        }
    }

    @Test("B5: a version that failed has no preview, whatever was told while it was processed")
    func failed() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            let old = try await api.readyVersion(of: game, by: admin, "1.0")
            let new = try await api.readyVersion(of: game, by: admin, "2.0")
            let (from, to) = (try #require(VersionID(old)), try #require(VersionID(new)))
            let builds = api.services.builds
            try await builds.database.transaction { transaction in
                try await builds.record(
                    previewFrom: from, to: to, chunkBytes: 9000, summary: try Self.summary(9000, patch: nil),
                    in: transaction)
            }
            try await Self.status(api, to, "failed")
            let path = "/games/\(game)/versions/\(new)/patch-preview?from=\(old)"
            let answer = try await api.call(.GET, path, as: admin.caller)
            #expect(answer.status == 409 && answer.code == "not-ready" && answer.json["current"].text == "failed")
        }
    }
}
