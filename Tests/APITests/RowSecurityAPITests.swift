import API
import Content
import FoundationEssentials
import NIOHTTP1
import Postgres
import Storefront
import TestKit
import Testing

@Suite("The second wall")
struct RowSecurityAPITests {
    /// Tables of a migrated database that know a company or a game.
    private static func tables(_ database: Database, with column: String) async throws -> [String] {
        try await database.rows(
            """
            SELECT class.relname::text AS name FROM pg_class AS class
            JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid
            WHERE class.relnamespace = 'public'::regnamespace AND class.relkind IN ('r', 'p') AND NOT class.relispartition
              AND attribute.attname = \(column) AND NOT attribute.attisdropped
            ORDER BY name
            """
        ).map { try $0("name") }
    }

    @Test("row 54: every table that knows a company or a game has a policy")
    func everyTable() async throws {
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 2))
            let open: [String] = try await database.rows(
                """
                SELECT DISTINCT class.relname::text AS name FROM pg_class AS class
                JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid
                WHERE class.relnamespace = 'public'::regnamespace AND class.relkind IN ('r', 'p')
                  AND NOT class.relispartition AND attribute.attname IN ('developer_id', 'game_id')
                  AND NOT class.relrowsecurity
                """
            ).map { try $0("name") }
            #expect(open.isEmpty, "end the migration with SELECT protect_rows(): \(open)")
            #expect(try await Self.tables(database, with: "developer_id").count >= 15)
            await database.close()
        }
    }

    @Test("row 54: a query that forgot its condition finds, changes and makes nothing of another company")
    func mutant() async throws {
        try await APIHarness.run { api in
            let owner = try await api.company("Owner"), stranger = try await api.company("Stranger")
            for member in [owner, stranger] {
                let game = try await api.game(of: member)
                _ = try await api.version(of: game, by: member, size: 4)
                _ = try await api.call(.POST, "/apikeys", as: member.caller, json: ["permissions": []])
                _ = try await api.call(
                    .POST, "/webhooks", as: member.caller, json: ["url": "https://example.com/hook"])
            }
            let database = api.database
            let scope = RowScope(owner: stranger.developer.uuid)
            var seen = 0
            for table in try await Self.tables(database, with: "developer_id") {
                let all: Int = try await Self.count("SELECT count(*) AS n FROM \(identifier: table)", database)
                try await RowScope.$current.withValue(scope) {
                    let own: Int = try await Self.count(
                        "SELECT count(*) AS n FROM \(identifier: table) WHERE developer_id = \(stranger.developer)",
                        database)
                    let foreign: Int = try await Self.count(
                        "SELECT count(*) AS n FROM \(identifier: table) WHERE developer_id <> \(stranger.developer)",
                        database)
                    #expect(foreign == 0, "\(table)")
                    if own > 0, all > own { seen += 1 }
                }
            }
            #expect(seen >= 6, "both companies had rows to hide from each other")
            try await RowScope.$current.withValue(scope) {
                // The check of the application removed: no condition at all.
                let titles = try await database.rows("SELECT game_id FROM games")
                #expect(titles.count == 1)
                #expect(try await database.rows("SELECT 1 FROM game_versions").count == 1)
                #expect(try await database.execute("UPDATE games SET title = 'x'") == 1)
                #expect(try await database.execute("DELETE FROM developer_api_keys") == 1)
                let forged = await #expect(throws: PostgresError.self) {
                    try await database.execute(
                        "INSERT INTO games (developer_id, title) VALUES (\(owner.developer), 'x')")
                }
                #expect(forged?.sqlState == .insufficientPrivilege)
                let moved = await #expect(throws: PostgresError.self) {
                    try await database.execute("UPDATE games SET developer_id = \(owner.developer)")
                }
                #expect(moved?.sqlState == .insufficientPrivilege)
                // Tables that know neither company nor game are seen through what they belong to, and so are views.
                #expect(try await database.rows("SELECT 1 FROM upload_sessions").count == 1)
                for view in ["team_member_roles", "api_keys", "job_status"] {
                    let rows = try await database.rows(
                        "SELECT 1 FROM \(identifier: view) WHERE developer_id <> \(stranger.developer)")
                    #expect(rows.isEmpty, "\(view)")
                }
                let inTransaction = try await database.transaction { transaction in
                    try await transaction.rows("SELECT 1 FROM games").count
                }
                #expect(inTransaction == 1)
                for sql: SQL in ["UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log", "TRUNCATE games"] {
                    let refused = await #expect(throws: PostgresError.self) { try await database.execute(sql) }
                    #expect(refused?.sqlState == .insufficientPrivilege)
                }
            }
            // The scope ends with its task, on whatever connection that was.
            for _ in 0..<10 { #expect(try await database.rows("SELECT 1 FROM games").count == 2) }
            let title = try await api.call(.GET, "/games", as: owner.caller).json["items"][0]["title"].text
            #expect(title == "Game")
            #expect(try await api.call(.GET, "/apikeys", as: owner.caller).json["items"].items.count == 1)
        }
    }

    @Test(
        "row 54: what belongs to a version, a review, a payout or a webhook has a policy, and hides it",
        arguments: belonging)
    func roads(table: String) async throws {
        try await APIHarness.run { api in
            let owner = try await api.verifiedCompany(), stranger = try await api.company("Stranger")
            let game = try await api.game(of: owner)
            let ready = try await ReadyVersion.make(api, game: game, by: owner)
            _ = try await api.call(
                .POST, "/games/\(game)/versions/\(ready.id)/submit", as: owner.caller)
            _ = try await api.call(.PUT, "/finance/settings", as: owner.caller, json: APIHarness.details)
            try await api.earn("1000.00", of: owner)
            _ = try await api.call(.POST, "/finance/payouts", as: owner.caller, json: ["amount": "1000.00"])
            let all = try await api.database.rows("SELECT 1 FROM \(identifier: table) LIMIT 10").count
            for (member, count) in [(owner, all), (stranger, 0)] {
                let seen = try await RowScope.$current.withValue(RowScope(owner: member.developer.uuid)) {
                    try await api.database.rows("SELECT 1 FROM \(identifier: table) LIMIT 10").count
                }
                #expect(seen == count, "\(table)")
            }
            let isProtected = try await api.database.row(
                "SELECT relrowsecurity AS yes FROM pg_class WHERE oid = \(table)::regclass")
            #expect(try isProtected?("yes") == true)
        }
    }

    static let belonging = [
        "build_files", "file_chunks", "version_packs", "pack_plans", "scan_plans", "version_scans", "manifests",
        "patches", "patch_builds", "patch_parts", "version_installs",
        "scan_waivers", "version_reviews", "review_decisions", "payout_events", "webhook_deliveries",
    ]

    @Test("a scope of nobody sees nothing")
    func nobody() async throws {
        try await APIHarness.run { api in
            _ = try await api.game(of: try await api.company())
            for table in ["games", "developers"] {
                let rows = try await RowScope.$current.withValue(RowScope(owner: UUID())) {
                    try await api.database.rows("SELECT 1 FROM \(identifier: table)")
                }
                #expect(rows.isEmpty, "\(table)")
            }
        }
    }

    private static func count(_ sql: SQL, _ database: Database) async throws -> Int {
        let row = try #require(try await database.row(sql))
        return try row("n")
    }
}
