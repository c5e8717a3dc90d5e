import Content
import FoundationEssentials
import Postgres
import TestKit
import Testing

@testable import Jobs

@Suite("What is told of an update beforehand")
struct LivePreviewTests {
    private func ready(_ name: String, _ fixture: ShopJobFixture) async throws -> VersionID {
        let version = VersionID(UUID())
        try await fixture.database.execute(
            """
            INSERT INTO game_versions (version_id, game_id, version_string, status, s3_path, created_at)
            VALUES (\(version), \(fixture.game), \(name), 'ready', 'k', now() - interval '1 hour')
            """)
        return version
    }

    private func other(of kind: String, _ fixture: ShopJobFixture) async throws -> Set<String> {
        let rows = try await fixture.database.rows(
            "SELECT payload ->> 'other' AS other FROM job WHERE kind = \(kind)")
        return try Set(rows.map { try $0("other") })
    }

    @Test(
        "B5: the preview is told from every version that channels give out, however few patches are made",
        arguments: [0, 1])
    func live(patches: Int) async throws {
        try await ShopJobFixture.with { fixture in
            var versions: [VersionID] = []
            for (channel, name) in [("public", "1.0"), ("beta", "2.0"), (nil, "3.0")] {
                let version = try await self.ready(name, fixture)
                versions.append(version)
                guard let channel else { continue }
                try await fixture.database.execute(
                    """
                    INSERT INTO channels (game_id, name, developer_id, version_id, rollout_state, rollout_percent)
                    VALUES (\(fixture.game), \(channel), \(fixture.developer), \(version), 'complete', 100)
                    """)
            }
            let bytes = try IngestRun.thin([("a", [1, 2, 3])])
            var run = try await IngestRun(bytes, as: "4.0", in: fixture.store, fixture)
            run.patchedVersions = patches
            #expect(try await run.ingest(from: fixture.store).error == nil)
            _ = try await run.manifest()
            let live = Set(versions.prefix(2).map(\.description))
            let told = try await Set(self.other(of: "preview-update", fixture).map { $0.lowercased() })
            #expect(told == live)
            #expect(try await Set(self.other(of: "explain-update", fixture).map { $0.lowercased() }) == live)
            #expect(try await self.other(of: "plan-patch", fixture).count == patches)
        }
    }
}
