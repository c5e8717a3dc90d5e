import FoundationEssentials
import Migrations
import Postgres
import TestKit
import Testing

@Suite("Migrator")
struct MigratorTests {
    private let steps = [
        Migration(number: 1, name: "create_game", sql: "CREATE TABLE game (id int PRIMARY KEY);"),
        Migration(number: 2, name: "fill_game", sql: "INSERT INTO game VALUES (1); INSERT INTO game VALUES (2)"),
    ]

    private func withDatabase(_ body: (Database) async throws -> Void) async throws {
        try await withTemporaryDatabase { url in
            let database = Database(DatabaseConfiguration(url: url))
            do {
                try await body(database)
                await database.close()
            } catch {
                await database.close()
                throw error
            }
        }
    }

    @Test("the list names every file of the folder, in order, with its content")
    func listIsComplete() throws {
        let folder = URL(filePath: #filePath).appending(path: "../../../Migrations/sql").standardized.path
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".sql") }.sorted()
        #expect(Migrations.all.map(\.file) == files)
        #expect(zip(Migrations.all, Migrations.all.dropFirst()).allSatisfy { $0.number < $1.number })
        for migration in Migrations.all {
            let content = try String(contentsOfFile: folder + "/" + migration.file, encoding: .utf8)
            #expect(migration.sql == content, "\(migration.file)")
        }
    }

    @Test("DB-10: all migrations apply to an empty database, once")
    func appliesAll() async throws {
        try await self.withDatabase { database in
            let migrator = Migrator(database)
            let applied = try await migrator.migrate()
            #expect(applied == Migrations.all)
            let again = try await migrator.migrate()
            #expect(again.isEmpty)
        }
    }

    @Test("the status tells what is pending and what was applied, and changes nothing")
    func tellsStatus() async throws {
        try await self.withDatabase { database in
            let before = try await Migrator(database, migrations: self.steps).status()
            #expect(before.map(\.state) == [.pending, .pending])
            _ = try await Migrator(database, migrations: Array(self.steps.prefix(1))).migrate()
            let after = try await Migrator(database, migrations: self.steps).status()
            #expect(after.map(\.name) == ["create_game", "fill_game"])
            #expect(after[0].state != .pending)
            #expect(after[1].state == .pending)
        }
    }

    @Test("DB-10: of many that migrate at once, one does, and the others find it done")
    func races() async throws {
        try await self.withDatabase { database in
            let slow = self.steps + [Migration(number: 3, name: "sleep", sql: "SELECT pg_sleep(0.3)")]
            let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await Migrator(database, migrations: slow).migrate().count } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(counts.sorted() == [0, 0, 0, 3])
        }
    }

    @Test("a migration that fails is undone, those before it stay, and it is named")
    func undoesFailure() async throws {
        try await self.withDatabase { database in
            let wrong = Migration(
                number: 3, name: "break_game", sql: "INSERT INTO game VALUES (3); INSERT INTO game VALUES (1)")
            let error = await #expect(throws: MigrationError.self) {
                try await Migrator(database, migrations: self.steps + [wrong]).migrate()
            }
            guard case .failed("0003_break_game.sql", .server(let fault)) = error else {
                Issue.record("\(String(describing: error)) does not name the migration")
                return
            }
            #expect(fault.sqlState == .uniqueViolation)
            let count = try await database.row("SELECT count(*) AS n FROM game")
            #expect(try count?("n") == 2)
            let status = try await Migrator(database, migrations: self.steps + [wrong]).status()
            #expect(status.last?.state == .pending)
        }
    }

    @Test("DB-10: a migration edited after it was applied is refused by its file's name")
    func refusesDrift() async throws {
        try await self.withDatabase { database in
            _ = try await Migrator(database, migrations: self.steps).migrate()
            let edited = [self.steps[0], Migration(number: 2, name: "fill_game", sql: "SELECT 1")]
            await #expect(throws: MigrationError.drifted(file: "0002_fill_game.sql")) {
                try await Migrator(database, migrations: edited).migrate()
            }
        }
    }

    @Test("a migration put before applied ones is refused")
    func refusesHoles() async throws {
        try await self.withDatabase { database in
            _ = try await Migrator(
                database, migrations: [self.steps[0], Migration(number: 3, name: "rest", sql: "SELECT 1")]
            )
            .migrate()
            let holed = [self.steps[0], self.steps[1], Migration(number: 3, name: "rest", sql: "SELECT 1")]
            await #expect(throws: MigrationError.skipped(file: "0002_fill_game.sql")) {
                try await Migrator(database, migrations: holed).migrate()
            }
        }
    }

    @Test("a schema newer than the program is refused, or tolerated when asked")
    func meetsNewerSchema() async throws {
        try await self.withDatabase { database in
            _ = try await Migrator(database, migrations: self.steps).migrate()
            let older = Migrator(database, migrations: Array(self.steps.prefix(1)))
            await #expect(throws: MigrationError.unknown(number: 2, name: "fill_game")) { try await older.migrate() }
            let applied = try await older.migrate(newer: .tolerate)
            #expect(applied.isEmpty)
        }
    }

    @Test("a migrated database is lent with every table")
    func lendsMigrated() async throws {
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url))
            let status = try await Migrator(database).status()
            await database.close()
            #expect(!status.contains { $0.state == .pending })
        }
    }
}
