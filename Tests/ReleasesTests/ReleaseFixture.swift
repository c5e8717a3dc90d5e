import BuildStore
import Content
import FoundationEssentials
import Games
import Platform
import Postgres
import Releases
import Storefront
import Synchronization
import TestKit
import Testing

/// A verified company with a game, on a database of its own.
struct ReleaseFixture: Sendable {
    let database: Database
    let releases: Releases
    let games: Games
    let developer = DeveloperID(UUID())
    let game = GameID(UUID())
    let actor = Actor.user(UserID(UUID()))
    /// Delays that were asked for.
    let delays = Asked<(PublicationID, Duration)>()
    /// Versions the updates from which were asked for.
    let updates = Asked<VersionID>()

    final class Asked<Value: Sendable>: Sendable {
        private let values = Mutex<[Value]>([])

        func add(_ value: Value) { self.values.withLock { $0.append(value) } }

        var all: [Value] { self.values.withLock { $0 } }
    }

    static func with(_ body: (ReleaseFixture) async throws -> Void) async throws {
        try await withMigratedDatabase { url in
            let fixture = ReleaseFixture(Database(DatabaseConfiguration(url: url, maxConnections: 12)))
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

    private init(_ database: Database) {
        let (delays, updates) = (self.delays, self.updates)
        self.database = database
        self.games = Games(database: database)
        self.releases = Releases(
            database: database, builds: BuildStore(database: database), events: Outbox(database: database),
            policy: ReleasePolicy(), scheduling: { publication, delay, _ in delays.add((publication.id, delay)) },
            updating: { live, _ in updates.add(live.id) })
    }

    private func prepare() async throws {
        try await self.database.execute(
            """
            INSERT INTO developers (developer_id, company_name, verification_status)
            VALUES (\(self.developer), 'c', 'verified')
            """)
        try await self.database.execute(
            "INSERT INTO games (game_id, developer_id, title) VALUES (\(self.game), \(self.developer), 't')")
    }

    /// A version that is ready and clean.
    func version(_ string: String) async throws -> VersionID {
        let id = VersionID(UUID())
        try await self.database.execute(
            """
            INSERT INTO game_versions (version_id, game_id, version_string, status, s3_path)
            VALUES (\(id), \(self.game), \(string), 'ready', \("manifests/\(id)"))
            """)
        try await self.database.execute(
            """
            INSERT INTO version_scans
                (version_id, engine, bundled, files, bytes, files_scanned, bytes_scanned, finished_at)
            VALUES (\(id), 'test', false, 1, 1, 1, 1, now())
            """)
        return id
    }

    func approved(_ string: String) async throws -> VersionID {
        let id = try await self.version(string)
        let review = try await self.submit(id)
        _ = try await self.releases.decide(review.id, .approved, reason: nil, by: .platform("m"))
        return id
    }

    func submit(_ version: VersionID) async throws -> Review {
        let submitted = try await self.releases.submit(
            version, of: self.game, developer: self.developer, note: nil, maximumUpdate: nil,
            by: self.actor)
        return try #require(submitted).0
    }

    func publish(_ request: PublicationRequest = PublicationRequest()) async throws -> PublicationOutcome {
        try #require(
            try await self.releases.publish(request, of: self.game, developer: self.developer, by: self.actor))
    }

    func status() async throws -> GameStatus? { try await self.games.game(self.game, of: self.developer)?.status }

    func review(of version: VersionID) async throws -> String? {
        try await self.database.row("SELECT review_status FROM game_versions WHERE version_id = \(version)")?(
            "review_status")
    }

    func events() async throws -> [String] {
        try await self.database.rows("SELECT type FROM outbox ORDER BY seq").map { try $0("type") }
    }
}
