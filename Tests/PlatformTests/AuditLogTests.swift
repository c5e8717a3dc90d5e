import Content
import FoundationEssentials
import Platform
import Postgres
import Storefront
import TestKit
import Testing

@Suite("Audit log")
struct AuditLogTests {
    private func withLog(_ body: (AuditLog, Database) async throws -> Void) async throws {
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 6))
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(AuditLog(database: database), database))
            } catch {
                outcome = .failure(error)
            }
            await database.close()
            try outcome.get()
        }
    }

    private func append(_ count: Int, to developer: DeveloperID, in database: Database) async throws {
        for number in 0..<count {
            try await database.transaction { transaction in
                try await AuditLog.append(
                    AuditEntry(
                        developer: developer, action: "game.changed", target: "game/\(number)",
                        before: ["n": .integer(number)], after: ["n": .integer(number + 1)]),
                    in: transaction)
            }
        }
    }

    /// Does what only somebody with full rights over the database can.
    private func tamper(_ sql: SQL, in database: Database) async throws {
        try await database.transaction { transaction in
            try await transaction.execute("SET LOCAL session_replication_role = replica")
            try await transaction.execute(sql)
        }
    }

    @Test("SE-7: an entry says who, what, when, from where, and what changed")
    func entry() async throws {
        try await self.withLog { log, database in
            let developer = DeveloperID(UUID())
            let actor = AuditActor(
                kind: .user, identifier: "u1", address: "192.0.2.7", userAgent: "curl/8", requestID: "r-1")
            try await AuditActor.$current.withValue(actor) {
                try await database.transaction { transaction in
                    try await AuditLog.append(
                        AuditEntry(
                            developer: developer, action: "settings.changed", target: "settings",
                            from: JSONObject([("a", 1), ("b", "x"), ("account", "1"), ("gone", true)]),
                            to: JSONObject([("a", 1), ("b", "y"), ("account", "2")]), secret: ["account"]),
                        in: transaction)
                }
            }
            let record = try #require(
                try await log.list(of: developer, AuditFilter(), before: nil, limit: 10).first)
            #expect(record.seq == 1 && record.actor == actor && record.entry.action == "settings.changed")
            #expect(record.entry.before == Self.sorted(["b": "x", "gone": true, "account": "•••"]))
            #expect(record.entry.after == Self.sorted(["b": "y", "account": "•••"]))
            #expect(record.previousHash.isEmpty && record.hash.count == 32)
            #expect(AuditActor.current == .system)
        }
    }

    @Test("SE-7: what is rolled back was never done, and leaves no gap")
    func rollBack() async throws {
        try await self.withLog { log, database in
            let developer = DeveloperID(UUID())
            struct Refused: Error {}
            try await self.append(1, to: developer, in: database)
            await #expect(throws: Refused.self) {
                try await database.transaction { transaction in
                    try await AuditLog.append(
                        AuditEntry(developer: developer, action: "a.b", target: "c"), in: transaction)
                    throw Refused()
                }
            }
            try await self.append(1, to: developer, in: database)
            #expect(try await log.list(of: developer, AuditFilter(), before: nil, limit: 9).map(\.seq) == [2, 1])
            #expect(try await log.verify(developer, against: nil).isIntact)
        }
    }

    @Test("SE-7: the database refuses to change, delete or truncate what was written")
    func appendOnly() async throws {
        try await self.withLog { log, database in
            let developer = DeveloperID(UUID())
            try await self.append(2, to: developer, in: database)
            for sql: SQL in [
                "UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log",
            ] {
                let error = await #expect(throws: PostgresError.self) { try await database.execute(sql) }
                #expect(error?.sqlState == .insufficientPrivilege)
            }
            #expect(try await log.verify(developer, against: nil).records == 2)
        }
    }

    @Test("row 65: whoever changes, removes, moves or forges a row all the same is found, at the first bad row")
    func tampering() async throws {
        try await self.withLog { log, database in
            let cases: [(SQL, Int64)] = [
                ("UPDATE audit_log SET target = 'game/9' WHERE seq = 3", 3),
                ("UPDATE audit_log SET at = at + interval '1 microsecond' WHERE seq = 2", 2),
                ("UPDATE audit_log SET after = NULL WHERE seq = 5", 5), ("DELETE FROM audit_log WHERE seq = 1", 1),
                ("DELETE FROM audit_log WHERE seq = 4", 4), ("DELETE FROM audit_log WHERE seq = 6", 6),
                ("UPDATE audit_log SET seq = CASE seq WHEN 2 THEN 3 ELSE 2 END WHERE seq IN (2, 3)", 2),
                // A row and its own hash: the next row gives it away.
                (
                    """
                    WITH changed AS (SELECT developer_id, seq FROM audit_log WHERE seq = 3)
                    UPDATE audit_log SET actor = 'other', hash = '\\x00' FROM changed
                    WHERE audit_log.seq = changed.seq AND audit_log.developer_id = changed.developer_id
                    """, 3
                ),
            ]
            for (sql, expected) in cases {
                let developer = DeveloperID(UUID())
                try await self.append(6, to: developer, in: database)
                #expect(try await log.verify(developer, against: nil).isIntact)
                // One company at a time: the statements name rows by number only.
                if expected == 2, sql.text.contains("CASE") {
                    try await self.tamper("ALTER TABLE audit_log DROP CONSTRAINT audit_log_pkey", in: database)
                }
                try await self.tamper(sql, in: database)
                let verification = try await log.verify(developer, against: nil)
                #expect(verification.firstBroken == expected, "\(sql.text)")
                try await self.tamper("DELETE FROM audit_log", in: database)
            }
        }
    }

    @Test("row 65: a chain cut off or forged as a whole is found by a head that was noted elsewhere")
    func witness() async throws {
        try await self.withLog { log, database in
            let developer = DeveloperID(UUID())
            try await self.append(3, to: developer, in: database)
            let head = try #require(try await log.verify(developer, against: nil).head)
            #expect(head.seq == 3)
            try await self.append(1, to: developer, in: database)
            #expect(try await log.verify(developer, against: head).isIntact)
            try await self.tamper("DELETE FROM audit_log", in: database)
            try await self.tamper("DELETE FROM audit_chain", in: database)
            try await self.append(4, to: developer, in: database)
            #expect(try await log.verify(developer, against: nil).isIntact)
            #expect(try await log.verify(developer, against: head).firstBroken == 3)
            try await self.tamper("DELETE FROM audit_log", in: database)
            #expect(try await log.verify(developer, against: nil).firstBroken == 1)
        }
    }

    @Test("SE-7: appends of one company at the same time stand in one chain")
    func race() async throws {
        try await self.withLog { log, database in
            let developer = DeveloperID(UUID())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 { group.addTask { try await self.append(5, to: developer, in: database) } }
                try await group.waitForAll()
            }
            let verification = try await log.verify(developer, against: nil)
            #expect(verification.isIntact && verification.records == 30 && verification.head?.seq == 30)
        }
    }

    @Test("records are found by action, actor and target, and by parts of the log")
    func filters() async throws {
        try await self.withLog { log, database in
            let developer = DeveloperID(UUID())
            for (action, target) in [("payout.requested", "p/1"), ("payoutx.y", "p/2"), ("apikey.created", "k/1")] {
                try await database.transaction { transaction in
                    try await AuditLog.append(
                        AuditEntry(developer: developer, action: action, target: target), in: transaction)
                }
            }
            func targets(_ change: (inout AuditFilter) -> Void) async throws -> [String] {
                var filter = AuditFilter()
                change(&filter)
                return try await log.list(of: developer, filter, before: nil, limit: 10).map(\.entry.target)
            }
            #expect(try await targets { $0.action = "payout" } == ["p/1"])
            #expect(try await targets { $0.action = "apikey.created" } == ["k/1"])
            #expect(try await targets { $0.target = "p/2" } == ["p/2"])
            #expect(try await targets { $0.actor = "nobody" } == [])
            #expect(try await targets { $0.domains = ["payout", "finance"] } == ["p/1"])
            #expect(try await targets { $0.domains = [] } == [])
            #expect(try await targets { $0.from = Date().addingTimeInterval(3600) } == [])
            #expect(try await log.list(of: DeveloperID(UUID()), AuditFilter(), before: nil, limit: 10).isEmpty)
        }
    }

    /// As `jsonb` gives an object back: shorter names first, then by bytes.
    private static func sorted(_ value: JSONValue) -> JSONValue {
        guard case .object(let object) = value else { return value }
        let members = object.members.sorted { ($0.name.utf8.count, $0.name) < ($1.name.utf8.count, $1.name) }
        return .object(JSONObject(members.map { ($0.name, $0.value) }))
    }
}
