import BuildStore
import Content
import FoundationEssentials
import Games
import Postgres
import Releases
import Storefront
import Testing

@Suite("Malware that is found late")
struct InfectionTests {
    /// Has some engine find something in a file of the version.
    private static func infect(_ version: VersionID, _ fixture: ReleaseFixture) async throws {
        try await fixture.database.execute(
            """
            INSERT INTO file_chunks (version_id, file_no, digest, chunks)
            VALUES (\(version), 0, sha256(\(version.description)::text::bytea), '')
            """)
        try await fixture.database.execute(
            """
            INSERT INTO scan_verdicts (digest, engine, verdict, signature, covered)
            VALUES (sha256(\(version.description)::text::bytea), 'newer', 'infected', 'Evil', 1)
            """)
    }

    private static func meet(_ version: VersionID, _ fixture: ReleaseFixture) async throws {
        try await fixture.database.transaction { transaction in
            try await fixture.releases.meetInfection(of: version, reason: "malware: Evil", in: transaction)
        }
    }

    @Test("B4, 6.5: a live version is recalled by itself: players go back to the last clean one, once, with a reason")
    func live() async throws {
        try await ReleaseFixture.with { fixture in
            let one = try await fixture.approved("1")
            _ = try await fixture.publish()
            let two = try await fixture.approved("2")
            _ = try await fixture.publish()
            for _ in 0..<2 { try await Self.meet(two, fixture) }
            #expect(try await fixture.review(of: two) == "recalled")
            let channel = try #require(try await fixture.releases.channel(.public, of: fixture.game))
            #expect(channel.version == one && channel.previous == nil)
            #expect(try await fixture.status() == .published)
            #expect(try await fixture.events().filter { $0 == "version.recalled" }.count == 1)
            try await Self.meet(one, fixture)
            #expect(try await fixture.status() == .removed)
            #expect(try await fixture.releases.channel(.public, of: fixture.game) == nil)
        }
    }

    @Test("B4: what a moderator looks at goes back, and cannot be handed in again; what nobody has is left alone")
    func waiting() async throws {
        try await ReleaseFixture.with { fixture in
            let (one, two) = (try await fixture.version("1"), try await fixture.version("2"))
            _ = try await fixture.submit(one)
            try await Self.infect(one, fixture)
            try await Self.meet(one, fixture)
            #expect(try await fixture.review(of: one) == "withdrawn")
            #expect(try await fixture.status() == .draft)
            await #expect(throws: ReleasesError.self) { try await fixture.submit(one) }
            try await Self.meet(two, fixture)
            #expect(try await fixture.review(of: two) == "not_submitted")
            try await fixture.database.transaction { transaction in
                try await fixture.releases.meetInfection(of: VersionID(UUID()), reason: "x", in: transaction)
            }
        }
    }

    @Test("I5: neither a decision nor a publication lets through what is not clean any more")
    func doors() async throws {
        try await ReleaseFixture.with { fixture in
            let one = try await fixture.version("1")
            let review = try await fixture.submit(one)
            try await Self.infect(one, fixture)
            await #expect(throws: ReleasesError.notClean(one)) {
                try await fixture.releases.decide(review.id, .approved, reason: nil, by: .platform("m"))
            }
            let rejected = try await fixture.releases.decide(review.id, .rejected, reason: "no", by: .platform("m"))
            #expect(rejected?.state == .rejected)
            let two = try await fixture.approved("2")
            try await Self.infect(two, fixture)
            await #expect(throws: ReleasesError.notClean(two)) { try await fixture.publish() }
            #expect(try await fixture.status() == .approved)
        }
    }

    @Test("where the operator decides otherwise, a moderator must recall it")
    func manual() async throws {
        try await ReleaseFixture.with { fixture in
            let one = try await fixture.approved("1")
            _ = try await fixture.publish()
            let releases = Releases(
                database: fixture.database, builds: BuildStore(database: fixture.database), events: Silence(),
                policy: ReleasePolicy(recallsInfected: false), scheduling: { _, _, _ in },
                updating: { _, _ in })
            try await fixture.database.transaction { transaction in
                try await releases.meetInfection(of: one, reason: "x", in: transaction)
            }
            #expect(try await fixture.review(of: one) == "live")
        }
    }
}
