import BuildStore
import Content
import FoundationEssentials
import JobLifecycle
import Postgres
import TestKit
import Testing

/// A company, a game and versions on a database of their own.
struct BuildFixture {
    let database: Database
    let builds: BuildStore
    let developer = DeveloperID(UUID())
    let game = GameID(UUID())

    static func with(_ body: (BuildFixture) async throws -> Void) async throws {
        try await withMigratedDatabase { url in
            let fixture = BuildFixture(database: Database(DatabaseConfiguration(url: url, maxConnections: 8)))
            do {
                try await fixture.prepare()
                try await body(fixture)
            } catch {
                await fixture.database.close()
                throw error
            }
            await fixture.database.close()
        }
    }

    private init(database: Database) {
        self.database = database
        self.builds = BuildStore(database: database)
    }

    private func prepare() async throws {
        try await self.database.execute(
            "INSERT INTO developers (developer_id, company_name) VALUES (\(self.developer), 'c')")
        try await self.database.execute(
            "INSERT INTO games (game_id, developer_id, title) VALUES (\(self.game), \(self.developer), 't')")
    }

    func version(_ string: String) async throws -> VersionID {
        let reservation = try await self.database.transaction { transaction in
            try await self.builds.reserve(
                string, of: self.game, developer: self.developer, fileSize: 1, changelog: nil,
                key: { "uploads/\($0)/\($1)" }, in: transaction)
        }
        guard case .reserved(let record) = reservation else { throw PostgresError.unexpected("not reserved") }
        return record.id
    }

    func digest(_ number: UInt8) -> Digest { Digest(bytes: [UInt8](repeating: number, count: 32)) }

    /// Stores a pack with one chunk of the same number.
    func store(_ number: UInt8, for version: VersionID) async throws {
        let pack = try await self.builds.announce(
            pack: self.digest(number), size: 10, key: "packs/\(number)", developer: self.developer, for: version)
        try await self.database.transaction { transaction in
            try await self.builds.markStored(
                pack,
                chunks: [
                    ChunkLocation(
                        digest: self.digest(number), length: 10, pack: pack, offset: 0, storedLength: 10, codec: .stored)
                ], developer: self.developer, in: transaction)
        }
    }

    func discard(_ version: VersionID) async throws -> [String] {
        try await self.database.transaction { try await self.builds.condemnPacks(of: version, in: $0) }
        return try await self.database.transaction { try await self.builds.deletePacks(of: version, in: $0) }
    }
}

@Suite("The life of packs")
struct PackLifeTests {
    @Test("packs that only a discarded version holds go; those another counts on stay")
    func discard() async throws {
        try await BuildFixture.with { fixture in
            let (one, two) = (try await fixture.version("1"), try await fixture.version("2"))
            try await fixture.store(1, for: one)
            try await fixture.store(2, for: one)
            let kept = try await fixture.database.transaction { transaction in
                try await fixture.builds.keepStored(
                    [fixture.digest(2), fixture.digest(3)], developer: fixture.developer, for: two, in: transaction)
            }
            #expect(kept == [fixture.digest(2)])
            #expect(try await fixture.discard(one) == ["packs/1"])
            #expect(try await fixture.discard(one).isEmpty)
            let left = try await fixture.builds.locations(
                of: [fixture.digest(1), fixture.digest(2)], developer: fixture.developer, in: fixture.database)
            #expect(left.map(\.digest) == [fixture.digest(2)])
        }
    }

    @Test("a pack that was announced but never stored is not counted on, and goes")
    func announcedOnly() async throws {
        try await BuildFixture.with { fixture in
            let (one, two) = (try await fixture.version("1"), try await fixture.version("2"))
            _ = try await fixture.builds.announce(
                pack: fixture.digest(9), size: 1, key: "packs/9", developer: fixture.developer, for: one)
            let kept = try await fixture.database.transaction { transaction in
                try await fixture.builds.keepStored(
                    [fixture.digest(9)], developer: fixture.developer, for: two, in: transaction)
            }
            #expect(kept.isEmpty)
            #expect(try await fixture.discard(one) == ["packs/9"])
        }
    }

    @Test("whoever comes first, a pack is either kept whole or not counted on", arguments: 0..<12)
    func race(round: Int) async throws {
        try await BuildFixture.with { fixture in
            let (one, two) = (try await fixture.version("1"), try await fixture.version("2"))
            for number in UInt8(1)...6 { try await fixture.store(number, for: one) }
            let digests = (UInt8(1)...6).map(fixture.digest)
            async let kept = fixture.database.transaction { transaction in
                if round.isMultiple(of: 2) { try await Task.sleep(for: .milliseconds(round)) }
                return try await fixture.builds.keepStored(
                    digests, developer: fixture.developer, for: two, in: transaction)
            }
            async let deleted = fixture.discard(one)
            let (survivors, keys) = (try await kept, Set(try await deleted))
            for number in UInt8(1)...6 {
                #expect(survivors.contains(fixture.digest(number)) != keys.contains("packs/\(number)"))
            }
            let located = try await fixture.builds.locations(
                of: Array(survivors), developer: fixture.developer, in: fixture.database)
            #expect(located.count == survivors.count)
        }
    }
}

@Suite("Reserving a version")
struct ReservationTests {
    @Test("a version string is taken until its version fails; then it is opened again as another attempt")
    func reopening() async throws {
        try await BuildFixture.with { fixture in
            let version = try await fixture.version("1.0")
            func again() async throws -> BuildStore.Reservation {
                try await fixture.database.transaction { transaction in
                    try await fixture.builds.reserve(
                        "1.0", of: fixture.game, developer: fixture.developer, fileSize: 2, changelog: nil,
                        key: { "uploads/\($0)/\($1)" }, in: transaction)
                }
            }
            guard case .taken(let taken) = try await again() else {
                Issue.record("not taken")
                return
            }
            #expect(taken.id == version && taken.status == .uploading)
            #expect(
                try await fixture.builds.fail(
                    version, because: .init(code: "x", message: "x", retryable: false), in: fixture.database))
            guard case .reserved(let reopened) = try await again() else {
                Issue.record("not reopened")
                return
            }
            #expect(reopened.id == version && reopened.attempt == 2 && reopened.failure == nil)
        }
    }

    @Test("another company's game does not exist")
    func foreign() async throws {
        try await BuildFixture.with { fixture in
            let reservation = try await fixture.database.transaction { transaction in
                try await fixture.builds.reserve(
                    "1", of: fixture.game, developer: DeveloperID(UUID()), fileSize: 1, changelog: nil,
                    key: { "\($0)\($1)" }, in: transaction)
            }
            guard case .noGame = reservation else {
                Issue.record("\(reservation)")
                return
            }
        }
    }
}
