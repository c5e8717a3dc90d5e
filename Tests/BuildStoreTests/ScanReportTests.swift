import BuildStore
import Content
import FoundationEssentials
import Postgres
import Testing

@Suite("What is kept of scans")
struct ScanReportTests {
    private func record(
        _ fixture: BuildFixture, _ files: [(path: String, content: UInt8)], of version: VersionID
    ) async throws {
        let records = try files.enumerated().map { number, file in
            FileRecord(
                number: number, path: try BuildPath(validating: file.path), entry: .file, size: 10, executable: false,
                target: nil, digest: nil)
        }
        let chunks = files.enumerated().map { number, file in
            FileChunks(number: number, digest: fixture.digest(file.content), chunks: ChunkList([]))
        }
        try await fixture.database.transaction { transaction in
            try await fixture.builds.record(records, of: version, in: transaction)
            try await fixture.builds.record(chunks, of: version, in: transaction)
        }
    }

    private func verdict(_ fixture: BuildFixture, _ content: UInt8, _ verdict: ScanRecord.Verdict) -> ScanRecord {
        ScanRecord(
            digest: fixture.digest(content), verdict: verdict, signature: verdict == .infected ? "Test.Bad" : nil,
            reason: verdict == .incomplete ? "encrypted" : nil, covered: 10)
    }

    private func publish(_ version: VersionID, engine: String, in fixture: BuildFixture) async throws {
        try await fixture.database.transaction { transaction in
            try await fixture.builds.record(
                [], engine: engine, bundled: false, files: 1, bytes: 1, of: version, in: transaction)
        }
        try await fixture.database.execute(
            "UPDATE game_versions SET status = 'ready', finished_at = now() WHERE version_id = \(version)")
    }

    @Test("arrivals are the contents the base does not have, with those that replace a path told apart")
    func arrivals() async throws {
        try await BuildFixture.with { fixture in
            let (old, new) = (try await fixture.version("1"), try await fixture.version("2"))
            try await self.record(fixture, [("a", 1), ("b", 2), ("c", 3)], of: old)
            try await self.record(fixture, [("a", 1), ("b", 9), ("moved", 3), ("new", 8)], of: new)
            let arrivals = try await fixture.builds.arrivals(in: new, since: old, after: -1, limit: 10)
            #expect(arrivals.map(\.file.path.text) == ["b", "new"])
            #expect(arrivals.map(\.isReplacement) == [true, false])
            let first = try await fixture.builds.arrivals(in: new, since: nil, after: 0, limit: 2)
            #expect(first.map(\.file.path.text) == ["b", "moved"])
            #expect(first.allSatisfy { !$0.isReplacement })
        }
    }

    @Test("a review is kept with its base, and the latest stands")
    func reviews() async throws {
        try await BuildFixture.with { fixture in
            let (old, new) = (try await fixture.version("1"), try await fixture.version("2"))
            for json in ["{}", #"{"bytes": 7}"#] {
                try await fixture.database.transaction {
                    try await fixture.builds.record(review: json, of: new, against: old, in: $0)
                }
            }
            let review = try #require(try await fixture.builds.review(of: new))
            #expect(review.base == old)
            #expect(review.json == #"{"bytes": 7}"#)
            #expect(try await fixture.builds.review(of: old) == nil)
        }
    }

    @Test("a waiver bears a name, can be renewed, and needs a version")
    func waivers() async throws {
        try await BuildFixture.with { fixture in
            let version = try await fixture.version("1")
            #expect(try await fixture.builds.waive("encrypted", of: version, by: "A", note: "n"))
            #expect(try await fixture.builds.waive("encrypted", of: version, by: "B", note: "m"))
            let waivers = try await fixture.builds.waivers(of: version)
            #expect(waivers.map(\.reason) == ["encrypted"])
            #expect(waivers.map(\.grantedBy) == ["B"])
            #expect(try await !fixture.builds.waive("encrypted", of: VersionID(UUID()), by: "A", note: "n"))
        }
    }

    @Test("evidence is kept once, whoever finds it again, and outlives the version")
    func quarantine() async throws {
        try await BuildFixture.with { fixture in
            let id = try await fixture.version("1")
            let version = try #require(try await fixture.builds.version(id, in: fixture.database))
            for signature in ["Test.First", "Test.Second"] {
                let finding = QuarantineRecord(
                    digest: fixture.digest(1), path: "bin/x", size: 3, signature: signature, engine: "e",
                    objectKey: "quarantine/x", wasPublished: false)
                try await fixture.builds.quarantine(finding, of: version, in: fixture.database)
            }
            try await fixture.database.execute("DELETE FROM game_versions WHERE version_id = \(id)")
            let kept = try await fixture.builds.quarantined(of: id, limit: 10)
            #expect(kept.map(\.signature) == ["Test.First"])
            #expect(kept.map(\.objectKey) == ["quarantine/x"])
        }
    }

    @Test("files that passed without a clean verdict are told with the reason")
    func notScannedWhole() async throws {
        try await BuildFixture.with { fixture in
            let version = try await fixture.version("1")
            try await self.record(fixture, [("a", 1), ("b", 2)], of: version)
            try await self.publish(version, engine: "e", in: fixture)
            try await fixture.builds.record(
                [self.verdict(fixture, 1, .clean), self.verdict(fixture, 2, .incomplete)], engine: "e",
                in: fixture.database)
            let files = try await fixture.builds.notScannedWhole(of: version, limit: 10)
            #expect(files.map(\.path) == ["b"])
            #expect(files.map(\.reason) == ["encrypted"])
        }
    }

    @Test("after a change of engine ready versions are looked at again, content by content, each once")
    func rescans() async throws {
        try await BuildFixture.with { fixture in
            let (one, two) = (try await fixture.version("1"), try await fixture.version("2"))
            try await self.record(fixture, [("a", 1), ("b", 2)], of: one)
            try await self.record(fixture, [("a", 1)], of: two)
            try await self.publish(one, engine: "old", in: fixture)
            let builds = fixture.builds
            #expect(try await builds.versionsToRescan(engine: "old", limit: 9, in: fixture.database).isEmpty)
            #expect(
                try await builds.versionsToRescan(engine: "new", limit: 9, in: fixture.database).map(\.version) == [one]
            )
            try await builds.record([self.verdict(fixture, 1, .clean)], engine: "new", in: fixture.database)
            let left = try await builds.unscanned(of: one, engine: "new", after: -1, limit: 9)
            #expect(left.map(\.path.text) == ["b"])
            try await fixture.database.transaction {
                try await builds.finishRescan(of: one, engine: "new", in: $0)
            }
            #expect(try await builds.versionsToRescan(engine: "new", limit: 9, in: fixture.database).isEmpty)
            #expect(try await builds.scan(of: one)?.rescannedEngine == "new")
        }
    }
}
