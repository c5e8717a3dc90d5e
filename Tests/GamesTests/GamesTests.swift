import Content
import FoundationEssentials
import Games
import Postgres
import Storefront
import Synchronization
import TestKit
import Testing

@Suite("Games")
struct GamesTests {
    struct Fixture {
        let games: Games
        let database: Database
        let mine: DeveloperID
        let theirs: DeveloperID
    }

    /// Remembers what it was told to do.
    final class Removal: GameRemoval {
        let condemned = Mutex<[VersionID]>([])
        let erased = Mutex<[String]>([])

        func condemn(_ version: VersionID, in transaction: Transaction) async throws {
            self.condemned.withLock { $0.append(version) }
        }

        func release(_ version: VersionID, in transaction: Transaction) async throws -> [String] { ["pack/\(version)"] }

        func erase(objects: [String], uploads: [OpenUpload]) async throws {
            self.erased.withLock { $0 += objects + uploads.map(\.id) }
        }
    }

    private func withGames(_ body: (Fixture) async throws -> Void) async throws {
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 4))
            let outcome: Result<Void, any Error>
            do {
                let mine = DeveloperID(UUID()), theirs = DeveloperID(UUID())
                for (id, name) in [(mine, "A"), (theirs, "B")] {
                    try await database.execute(
                        "INSERT INTO developers (developer_id, company_name) VALUES (\(id), \(name))")
                }
                outcome = .success(
                    try await body(
                        Fixture(games: Games(database: database), database: database, mine: mine, theirs: theirs)))
            } catch {
                outcome = .failure(error)
            }
            await database.close()
            try outcome.get()
        }
    }

    @Test("GA-1: a new game is a draft of its company and of no other")
    func create() async throws {
        try await withGames { fixture in
            let game = try await fixture.games.create(title: "Half Life", for: fixture.mine)
            #expect(game.status == .draft && game.developer == fixture.mine && game.revision == 1)
            #expect(try await fixture.games.game(game.id, of: fixture.mine) == game)
            #expect(try await fixture.games.game(game.id, of: fixture.theirs) == nil)
            #expect(
                try await fixture.games.list(
                    of: fixture.theirs, status: nil, titlePart: nil, after: nil, limit: 10
                ).isEmpty)
        }
    }

    @Test("pages of the list hold every game once, newest first, even of one moment")
    func pages() async throws {
        try await withGames { fixture in
            for index in 0..<23 { _ = try await fixture.games.create(title: "Game \(index)", for: fixture.mine) }
            try await fixture.database.execute(
                "UPDATE games SET created_at = '2026-01-02T03:04:05.678901Z' WHERE title LIKE 'Game 1%'")
            var seen: [GameRecord] = []
            while true {
                let page = try await fixture.games.list(
                    of: fixture.mine, status: nil, titlePart: nil, after: seen.last?.position, limit: 5)
                seen += page
                if page.count < 5 { break }
            }
            #expect(seen.count == 23 && Set(seen.map(\.id)).count == 23)
            #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.createdAt >= $1.createdAt })
        }
    }

    @Test("the list is filtered by status and by a part of the title, in which nothing is a wildcard")
    func filters() async throws {
        try await withGames { fixture in
            for title in ["100% Orange", "1000 Orange", "a_b", "aXb", #"back\slash"#, "ПРИВЕТ"] {
                _ = try await fixture.games.create(title: title, for: fixture.mine)
            }
            let find = { (part: String) in
                Set(
                    try await fixture.games.list(
                        of: fixture.mine, status: nil, titlePart: part, after: nil, limit: 50
                    ).map(\.title))
            }
            #expect(try await find("100%") == ["100% Orange"])
            #expect(try await find("a_b") == ["a_b"])
            #expect(try await find("\\") == [#"back\slash"#])
            #expect(try await find("ORANGE") == ["100% Orange", "1000 Orange"])
            #expect(try await find("') OR true --").isEmpty)
            #expect(
                try await fixture.games.list(
                    of: fixture.mine, status: .published, titlePart: nil, after: nil, limit: 50
                ).isEmpty)
        }
    }

    @Test("a change counts up, is refused to whoever saw an older state, and is nobody else's")
    func update() async throws {
        try await withGames { fixture in
            let game = try await fixture.games.create(title: "A", for: fixture.mine)
            let renamed = try await fixture.games.update(
                game.id, of: fixture.mine, title: "B", status: nil, ifRevision: 1, recording: { _, _, _ in })
            #expect(renamed?.title == "B" && renamed?.revision == 2)
            let same = try await fixture.games.update(
                game.id, of: fixture.mine, title: "B", status: .draft, ifRevision: nil, recording: { _, _, _ in })
            #expect(same == renamed)
            await #expect(throws: GamesError.stale(current: 2)) {
                try await fixture.games.update(
                    game.id, of: fixture.mine, title: "C", status: nil, ifRevision: 1, recording: { _, _, _ in })
            }
            #expect(
                try await fixture.games.update(
                    game.id, of: fixture.theirs, title: "C", status: nil, ifRevision: nil, recording: { _, _, _ in })
                    == nil)
        }
    }

    @Test("AMB-21: setting the status withdraws from review and does nothing else")
    func withdraw() async throws {
        try await withGames { fixture in
            let game = try await fixture.games.create(title: "A", for: fixture.mine)
            await #expect(throws: InvalidTransition.self) {
                try await fixture.games.update(
                    game.id, of: fixture.mine, title: "B", status: .published, ifRevision: nil,
                    recording: { _, _, _ in })
            }
            #expect(try await fixture.games.game(game.id, of: fixture.mine)?.title == "A")
            try await fixture.database.execute("UPDATE games SET status = 'pending_review'")
            let withdrawn = try await fixture.games.update(
                game.id, of: fixture.mine, title: nil, status: .draft, ifRevision: nil, recording: { _, _, _ in })
            #expect(withdrawn?.status == .draft)
        }
    }

    @Test("EP-12: what was never published goes with all it had in the store; the rest stays")
    func delete() async throws {
        try await withGames { fixture in
            let game = try await fixture.games.create(title: "A", for: fixture.mine)
            let removal = Removal()
            #expect(try await !fixture.games.delete(game.id, of: fixture.theirs, removal: removal))
            for status in ["pending_review", "published", "removed"] {
                try await fixture.database.execute("UPDATE games SET status = \(status)")
                let error = await #expect(throws: GamesError.self) {
                    try await fixture.games.delete(game.id, of: fixture.mine, removal: removal)
                }
                guard case .notDeletable? = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
            try await fixture.database.execute("UPDATE games SET status = 'rejected'")
            let version = VersionID(UUID())
            try await fixture.database.execute(
                """
                INSERT INTO game_versions (version_id, game_id, version_string, s3_path, status)
                VALUES (\(version), \(game.id), '1', 'uploads/x', 'processing')
                """)
            await #expect(throws: GamesError.buildsInProgress(versions: ["1"])) {
                try await fixture.games.delete(game.id, of: fixture.mine, removal: removal)
            }
            try await fixture.database.execute("UPDATE game_versions SET status = 'uploading'")
            try await fixture.database.execute(
                """
                INSERT INTO upload_sessions
                    (version_id, developer_id, attempt, object_key, store_upload, file_size, part_size, expires_at)
                VALUES (\(version), \(fixture.mine), 1, 'uploads/x', 'open-1', 1, 1, now())
                """)
            #expect(removal.condemned.withLock { $0 }.isEmpty)
            #expect(try await fixture.games.delete(game.id, of: fixture.mine, removal: removal))
            #expect(removal.condemned.withLock { $0 } == [version])
            #expect(removal.erased.withLock { $0 } == ["uploads/x", "pack/\(version)", "open-1"])
            #expect(try await fixture.games.game(game.id, of: fixture.mine) == nil)
            #expect(try await fixture.database.rows("SELECT FROM game_versions").isEmpty)
        }
    }

    @Test("GA-4: a company with games cannot be deleted")
    func restrict() async throws {
        try await withGames { fixture in
            _ = try await fixture.games.create(title: "A", for: fixture.mine)
            let error = await #expect(throws: PostgresError.self) {
                try await fixture.database.execute("DELETE FROM developers WHERE developer_id = \(fixture.mine)")
            }
            #expect(error?.sqlState == .foreignKeyViolation)
        }
    }
}
