import FoundationEssentials
import Postgres
import TestKit
import Testing

/// The tables of section 5.1 of the specification, column by column, as the database has them after all migrations.
@Suite("The specification's tables")
struct SpecificationTests {
    /// One column: its type with its length, and its default as PostgreSQL writes it.
    struct Column: Sendable, CustomStringConvertible {
        let name: String
        let type: String
        let standard: String?

        init(_ name: String, _ type: String, _ standard: String? = nil) {
            self.name = name
            self.type = type
            self.standard = standard
        }

        var description: String { "\(self.name) \(self.type) \(self.standard ?? "-")" }
    }

    /// A table, the columns that may not be null, what is unique, and what happens to rows whose parent goes.
    struct Table: Sendable, CustomTestStringConvertible {
        let id: String
        let name: String
        let columns: [Column]
        let required: Set<String>
        var unique: Set<String> = []
        var parent: (column: String, rule: String)?

        var testDescription: String { "\(self.id) \(self.name)" }
    }

    private static let key = "gen_random_uuid()"

    static let tables: [Table] = [
        Table(
            id: "DB-1", name: "developers",
            columns: [
                Column("developer_id", "uuid", key), Column("company_name", "character varying(255)"),
                Column("legal_details", "jsonb"),
                Column("verification_status", "character varying(50)", "'pending'::character varying"),
                Column("created_at", "timestamp with time zone", "now()"),
                Column("updated_at", "timestamp with time zone", "now()"),
            ], required: ["developer_id", "company_name", "verification_status"], unique: ["developer_id"]),
        Table(
            id: "DB-2", name: "developer_teams",
            columns: [
                Column("team_member_id", "uuid", key), Column("developer_id", "uuid"), Column("user_id", "uuid"),
                Column("role", "character varying(50)"), Column("added_at", "timestamp with time zone", "now()"),
            ], required: ["team_member_id", "developer_id", "user_id", "role"],
            unique: ["team_member_id", "developer_id,user_id"], parent: ("developer_id", "c")),
        Table(
            id: "DB-3", name: "games",
            columns: [
                Column("game_id", "uuid", key), Column("developer_id", "uuid"),
                Column("title", "character varying(255)"),
                Column("status", "character varying(50)", "'draft'::character varying"),
                Column("created_at", "timestamp with time zone", "now()"),
                Column("updated_at", "timestamp with time zone", "now()"),
            ], required: ["game_id", "developer_id", "title", "status"], unique: ["game_id"],
            parent: ("developer_id", "r")),
        Table(
            id: "DB-4", name: "game_versions",
            columns: [
                Column("version_id", "uuid", key), Column("game_id", "uuid"),
                Column("version_string", "character varying(100)"),
                Column("status", "character varying(50)", "'uploading'::character varying"),
                Column("s3_path", "character varying(1024)"), Column("file_hash", "character varying(64)"),
                Column("file_size", "bigint"), Column("changelog", "text"),
                Column("uploaded_at", "timestamp with time zone", "now()"),
            ], required: ["version_id", "game_id", "version_string", "status", "s3_path"],
            unique: ["version_id", "game_id,version_string"], parent: ("game_id", "c")),
        Table(
            id: "DB-5", name: "game_metadata",
            columns: [
                Column("metadata_id", "uuid", key), Column("game_id", "uuid"), Column("description", "text"),
                Column("short_description", "character varying(500)"), Column("system_requirements", "jsonb"),
                Column("tags", "text[]"), Column("genres", "text[]"), Column("age_rating", "character varying(50)"),
                Column("media_urls", "jsonb"), Column("updated_at", "timestamp with time zone", "now()"),
            ], required: ["metadata_id", "game_id"], unique: ["metadata_id", "game_id"], parent: ("game_id", "c")),
        Table(
            id: "DB-6", name: "game_pricing",
            columns: [
                Column("pricing_id", "uuid", key), Column("game_id", "uuid"),
                Column("base_price", "numeric(10,2)", "0.00"), Column("regional_prices", "jsonb"),
                Column("discount_price", "numeric(10,2)"),
                Column("discount_start_date", "timestamp with time zone"),
                Column("discount_end_date", "timestamp with time zone"),
                Column("updated_at", "timestamp with time zone", "now()"),
            ], required: ["pricing_id", "game_id", "base_price"], unique: ["pricing_id", "game_id"],
            parent: ("game_id", "c")),
        Table(
            id: "DB-7", name: "developer_payouts",
            columns: [
                Column("payout_id", "uuid", key), Column("developer_id", "uuid"), Column("amount", "numeric(12,2)"),
                Column("currency", "character varying(3)", "'RUB'::character varying"),
                Column("status", "character varying(50)", "'requested'::character varying"),
                Column("requested_at", "timestamp with time zone", "now()"),
                Column("processed_at", "timestamp with time zone"), Column("transaction_details", "jsonb"),
            ], required: ["payout_id", "developer_id", "amount", "currency", "status"], unique: ["payout_id"],
            // AMB-29: money outlives a company that is deleted.
            parent: ("developer_id", "r")),
        Table(
            id: "DB-8", name: "developer_api_keys",
            columns: [
                Column("key_id", "uuid", key), Column("developer_id", "uuid"),
                Column("api_key_hash", "character varying(128)"), Column("key_prefix", "character varying(8)"),
                // AMB-26: none are no rights.
                Column("permissions", "text[]", "'{}'::text[]"),
                Column("created_at", "timestamp with time zone", "now()"),
                Column("last_used_at", "timestamp with time zone"), Column("is_active", "boolean", "true"),
            ], required: ["key_id", "developer_id", "api_key_hash", "key_prefix"],
            unique: ["key_id", "api_key_hash", "key_prefix"], parent: ("developer_id", "c")),
    ]

    private func withDatabase(_ body: (Database) async throws -> Void) async throws {
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 2))
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(database))
            } catch {
                outcome = .failure(error)
            }
            await database.close()
            try outcome.get()
        }
    }

    @Test(
        "DB-1, DB-2, DB-3, DB-4, DB-5, DB-6, DB-7, DB-8: names, types, lengths, defaults, keys and rules are the specification's",
        arguments: tables)
    func table(_ table: Table) async throws {
        try await self.withDatabase { database in
            let rows = try await database.rows(
                """
                SELECT attribute.attname::text AS name, format_type(attribute.atttypid, attribute.atttypmod) AS type,
                       pg_get_expr(standard.adbin, standard.adrelid) AS standard, attribute.attnotnull AS required
                FROM pg_attribute AS attribute
                LEFT JOIN pg_attrdef AS standard
                    ON standard.adrelid = attribute.attrelid AND standard.adnum = attribute.attnum
                WHERE attribute.attrelid = \(table.name)::regclass AND attribute.attnum > 0
                  AND NOT attribute.attisdropped
                """)
            var found: [String: (Column, Bool)] = [:]
            for row in rows {
                let column = Column(try row("name"), try row("type"), try row("standard"))
                found[column.name] = (column, try row("required"))
            }
            for column in table.columns {
                #expect(found[column.name]?.0.description == column.description, "\(table.id)")
            }
            for name in table.required { #expect(found[name]?.1 == true, "\(table.id) \(name) may be null") }
            let unique: [String] = try await database.rows(
                """
                SELECT (SELECT string_agg(attribute.attname, ',' ORDER BY place.n)
                        FROM unnest(rule.conkey) WITH ORDINALITY AS place (number, n)
                        JOIN pg_attribute AS attribute
                            ON attribute.attrelid = rule.conrelid AND attribute.attnum = place.number) AS columns
                FROM pg_constraint AS rule WHERE rule.conrelid = \(table.name)::regclass AND rule.contype IN ('p', 'u')
                """
            ).map { try $0("columns") }
            #expect(table.unique.isSubset(of: unique), "\(table.id): \(unique)")
            guard let parent = table.parent else { return }
            let rules: [String] = try await database.rows(
                """
                SELECT rule.confdeltype::text AS rule FROM pg_constraint AS rule
                JOIN pg_attribute AS attribute
                    ON attribute.attrelid = rule.conrelid AND attribute.attnum = rule.conkey[1]
                WHERE rule.conrelid = \(table.name)::regclass AND rule.contype = 'f' AND cardinality(rule.conkey) = 1
                  AND attribute.attname = \(parent.column)
                """
            ).map { try $0("rule") }
            #expect(rules.contains(parent.rule), "\(table.id): \(rules)")
        }
    }

    @Test("DB-9: roles are seen through the view that the specification names, and keys through another")
    func views() async throws {
        try await self.withDatabase { database in
            for (name, columns) in [
                ("team_member_roles", ["team_member_id", "developer_id", "user_id", "role"]), ("api_keys", ["key_id"]),
            ] {
                let found: [String] = try await database.rows(
                    "SELECT column_name::text AS name FROM information_schema.columns WHERE table_name = \(name)"
                ).map { try $0("name") }
                #expect(Set(columns).isSubset(of: found), "\(name)")
            }
        }
    }

    @Test("AMB-28: no status is what no state machine knows")
    func statuses() async throws {
        try await self.withDatabase { database in
            for (table, column) in [
                ("developers", "verification_status"), ("games", "status"), ("game_versions", "status"),
                ("developer_payouts", "status"), ("developer_teams", "role"),
            ] {
                let checks: [String] = try await database.rows(
                    """
                    SELECT pg_get_constraintdef(oid) AS rule FROM pg_constraint
                    WHERE conrelid = \(table)::regclass AND contype = 'c'
                    """
                ).map { try $0("rule") }
                #expect(checks.contains { $0.contains(column) && $0.contains("ANY") }, "\(table): \(checks)")
            }
        }
    }
}
