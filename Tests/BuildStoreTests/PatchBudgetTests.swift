import BuildStore
import Content
import Postgres
import TestKit
import Testing

@Suite("Patches to make")
struct PatchBudgetTests {
    @Test("a budget is kept as it was set last, and values out of bounds are refused")
    func budget() async throws {
        try await BuildFixture.with { fixture in
            #expect(try await fixture.builds.patchBudget() == nil)
            var budget = PatchBudget(versions: 4, rollbacks: 1, cpuSeconds: 60, memory: 64 << 20, storagePercent: 80)
            try await fixture.builds.set(budget, by: "an operator")
            budget.versions = 2
            try await fixture.builds.set(budget, by: "another")
            #expect(try await fixture.builds.patchBudget() == budget)
            budget.rollbacks = 3
            await #expect(throws: PostgresError.self) { try await fixture.builds.set(budget, by: "another") }
        }
    }

    @Test(
        "patches are made from what channels give out or gave out, then from the most installed, then from the newest")
    func sources() async throws {
        try await BuildFixture.with { fixture in
            var versions: [VersionID] = []
            for name in ["1.0", "2.0", "3.0", "4.0", "5.0"] {
                let version = try await fixture.version(name)
                versions.append(version)
                try await fixture.database.execute(
                    """
                    UPDATE game_versions
                    SET status = 'ready', created_at = now() + \(Int32(versions.count)) * interval '1 second'
                    WHERE version_id = \(version)
                    """)
            }
            try await fixture.database.execute(
                """
                INSERT INTO channels (game_id, name, developer_id, version_id, previous_version_id, rollout_state,
                                      rollout_percent)
                VALUES (\(fixture.game), 'public', \(fixture.developer), \(versions[1]), \(versions[0]), 'complete', 100)
                """)
            let new = try #require(try await fixture.builds.version(versions[4], in: fixture.database))
            func sources(_ limit: Int = 4) async throws -> [VersionID] {
                try await fixture.builds.patchSources(for: new, limit: limit).map(\.id)
            }
            #expect(try await sources(3) == [versions[1], versions[0], versions[3]])
            // What a finished roll-out left behind is not live any more; what one under way still gives out is.
            func live() async throws -> [VersionID] { try await fixture.builds.liveVersions(besides: new).map(\.id) }
            #expect(try await live() == [versions[1]])
            try await fixture.database.execute("UPDATE channels SET rollout_state = 'rolling', rollout_percent = 10")
            #expect(try await Set(live()) == [versions[0], versions[1]])
            try await fixture.database.execute("UPDATE channels SET version_id = \(versions[4])")
            #expect(try await live() == [versions[0]])
            try await fixture.database.execute(
                "UPDATE channels SET version_id = \(versions[1]), rollout_state = 'complete', rollout_percent = 100")
            // Yesterday's count is the last that was told; what is a month old says nothing.
            for (version, age, installs) in [(2, 1, 500), (3, 1, 400), (3, 2, 900), (3, 31, 10_000)] {
                try await fixture.database.execute(
                    """
                    INSERT INTO version_installs (version_id, day, installs)
                    VALUES (\(versions[version]), current_date - \(Int32(age)), \(Int64(installs)))
                    """)
            }
            #expect(try await sources() == [versions[1], versions[0], versions[2], versions[3]])
            #expect(try await fixture.builds.patchSources(for: new, limit: 0).isEmpty)
        }
    }

    @Test("a preview of what is planned gives way to what was made, never the other way, and is no patch")
    func planned() async throws {
        try await BuildFixture.with { fixture in
            let (old, new) = (try await fixture.version("1.0"), try await fixture.version("2.0"))
            func summary(_ bytes: Int) -> String {
                """
                {"update_bytes": \(bytes), "chunk_bytes": 9, "bytes_read": 0, "bytes_written": 0, "methods": {},
                 "changed_files": 0, "files": []}
                """
            }
            func plan(_ bytes: Int) async throws {
                try await fixture.database.transaction { transaction in
                    try await fixture.builds.record(
                        previewFrom: old, to: new, chunkBytes: 9, summary: summary(bytes), in: transaction)
                }
            }
            func told() async throws -> Int64? {
                try await fixture.builds.preview(from: old, to: new, in: fixture.database)?.updateBytes
            }
            try await plan(1)
            try await plan(2)
            #expect(try await told() == 2)
            #expect(try await fixture.builds.patches(to: new).isEmpty)
            try await fixture.database.transaction { transaction in
                try await fixture.builds.record(
                    patchFrom: old, to: new, state: .ready, objectKey: "k", digest: fixture.digest(1), size: 3,
                    chunkBytes: 9, rank: 0, summary: summary(3), in: transaction)
            }
            try await plan(4)
            #expect(try await told() == 3)
            func bytes(_ rank: Int, besides other: VersionID) async throws -> Int64 {
                try await fixture.builds.patchBytes(to: new, rankedBefore: rank, besides: other)
            }
            #expect(try await bytes(1, besides: new) == 3)
            #expect(try await bytes(0, besides: new) == 0)
            #expect(try await bytes(1, besides: old) == 0)
        }
    }
}
