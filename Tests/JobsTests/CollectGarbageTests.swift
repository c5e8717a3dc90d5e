import BuildStore
import Content
import FoundationEssentials
import ObjectStore
import Postgres
import Testing

@testable import Jobs

@Suite("Collecting garbage")
struct CollectGarbageTests {
    @Test("AMB-45: a version that failed a week ago goes with its upload; packs that nobody holds go, others stay")
    func collect() async throws {
        try await ShopJobFixture.with { fixture in
            let (old, kept) = (VersionID(UUID()), VersionID(UUID()))
            for (version, status) in [(old, "failed"), (kept, "ready")] {
                try await fixture.database.execute(
                    """
                    INSERT INTO game_versions (version_id, game_id, version_string, status, s3_path, finished_at)
                    VALUES (\(version), \(fixture.game), \(status), \(status), \("uploads/\(version)/1"),
                            now() - interval '10 days')
                    """)
                let pack = try await fixture.builds.announce(
                    pack: Digest(bytes: [UInt8](repeating: status == "ready" ? 1 : 2, count: 32)), size: 1,
                    key: "packs/\(status)", developer: fixture.developer, for: version)
                try await fixture.database.transaction { transaction in
                    try await fixture.builds.markStored(
                        pack, chunks: [], developer: fixture.developer, in: transaction)
                }
                for key in ["uploads/\(version)/1", "packs/\(status)"] {
                    _ = try await fixture.store.put(
                        try ObjectKey(validating: key), .bytes([1]), digest: nil, condition: .always)
                }
            }
            try await fixture.collect(Retention(failedVersions: .seconds(30 * 86_400)))
            #expect(try await fixture.keys().count == 4)
            try await fixture.collect()
            #expect(try await fixture.keys() == ["packs/ready", "uploads/\(kept)/1"])
            try await fixture.collect()
            #expect(try await fixture.keys().count == 2)
            #expect(try await fixture.database.rows("SELECT FROM garbage_objects").isEmpty)
        }
    }

    @Test("an upload in parts that was never completed is given up")
    func openUpload() async throws {
        try await ShopJobFixture.with { fixture in
            let key: ObjectKey = "uploads/a/1"
            let upload = try await fixture.store.beginMultipart(key)
            try await fixture.database.execute(
                "INSERT INTO garbage_objects (object_key, store_upload) VALUES (\(key.text), \(upload.text))")
            #expect(try await fixture.store.listMultipartUploads(prefix: "").count == 1)
            try await fixture.collect()
            #expect(try await fixture.store.listMultipartUploads(prefix: "").isEmpty)
        }
    }

    @Test("however often it is asked for, one collection waits")
    func once() async throws {
        try await ShopJobFixture.with { fixture in
            for _ in 0..<3 {
                try await fixture.database.transaction { try await CollectGarbage.soon(on: fixture.queue, in: $0) }
            }
            #expect(try await fixture.database.rows("SELECT FROM job WHERE kind = 'collect-garbage'").count == 1)
        }
    }
}
