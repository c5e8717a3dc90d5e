import Content
import FoundationEssentials
import Platform
import Postgres
import Storefront
import TestKit
import Testing

@Suite("Retention of the audit log")
struct AuditRetentionTests {
    private func withLog(_ body: (AuditLog, Database, DeveloperID) async throws -> Void) async throws {
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 4))
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(AuditLog(database: database), database, DeveloperID(UUID())))
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
                    AuditEntry(developer: developer, action: "game.changed", target: "game/\(number)"),
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

    @Test("AMB-45, SE-7: old rows go, the chain goes on from a place that the log itself tells, and is still verified")
    func prune() async throws {
        try await self.withLog { log, database, developer in
            try await self.append(5, to: developer, in: database)
            let head = try #require(try await log.verify(developer, against: nil).head)
            #expect(try await log.companies(withRowsOlderThan: .seconds(3600), limit: 10).isEmpty)
            #expect(try await log.prune(developer, olderThan: .seconds(3600)) == 0)
            #expect(try await log.companies(withRowsOlderThan: .zero, limit: 10) == [developer])
            // The newest row stays, and the cut is written down behind it.
            #expect(try await log.prune(developer, olderThan: .zero) == 4)
            let verified = try await log.verify(developer, against: head)
            #expect(verified.isIntact && verified.records == 2 && verified.prunedThrough == 4)
            #expect(verified.head?.seq == 6)
            let records = try await log.list(of: developer, AuditFilter(), before: nil, limit: 10)
            #expect(records.map(\.seq) == [6, 5] && records[0].entry.action == "audit.pruned")
            // And on: another cut, more rows.
            try await self.append(3, to: developer, in: database)
            #expect(try await log.prune(developer, olderThan: .zero) == 4)
            let again = try await log.verify(developer, against: nil)
            #expect(again.isIntact && again.prunedThrough == 8 && again.records == 2)
            // A head that was noted before its row went says nothing any more.
            #expect(try await log.verify(developer, against: head).isIntact)
        }
    }

    @Test(
        "row 65: what is cut off by other means is noticed: rows, the cut's place, its hash, the row that tells of it")
    func forgedCuts() async throws {
        let frauds: [SQL] = [
            "DELETE FROM audit_log WHERE seq = 5", "UPDATE audit_chain SET cut_seq = cut_seq + 1",
            "UPDATE audit_chain SET cut_hash = '\\x00'", "UPDATE audit_chain SET cut_seq = 0, cut_hash = '\\x'",
            "WITH gone AS (DELETE FROM audit_log WHERE seq = 5 RETURNING hash) UPDATE audit_chain SET cut_seq = 5, cut_hash = (SELECT hash FROM gone)",
            "UPDATE audit_log SET after = '{}' WHERE action = 'audit.pruned'",
        ]
        for fraud in frauds {
            try await self.withLog { log, database, developer in
                try await self.append(5, to: developer, in: database)
                #expect(try await log.prune(developer, olderThan: .zero) == 4)
                #expect(try await log.verify(developer, against: nil).isIntact)
                try await self.tamper(fraud, in: database)
                #expect(try await !log.verify(developer, against: nil).isIntact, "\(fraud.text)")
            }
        }
    }

    @Test("SE-7: after a cut the database still refuses to change or delete what is left")
    func stillClosed() async throws {
        try await self.withLog { log, database, developer in
            try await self.append(3, to: developer, in: database)
            _ = try await log.prune(developer, olderThan: .zero)
            for sql: SQL in ["DELETE FROM audit_log", "UPDATE audit_log SET action = 'x'", "TRUNCATE audit_log"] {
                let refused = await #expect(throws: PostgresError.self) { try await database.execute(sql) }
                #expect(refused?.sqlState == .insufficientPrivilege)
            }
            // And a company's own role has no way to cut.
            await RowScope.$current.withValue(RowScope(owner: developer.uuid)) {
                let refused = await #expect(throws: PostgresError.self) {
                    try await log.prune(developer, olderThan: .zero)
                }
                #expect(refused?.sqlState == .insufficientPrivilege)
            }
        }
    }
}
