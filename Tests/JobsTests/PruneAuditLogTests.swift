import Content
import FoundationEssentials
import JobQueue
import Platform
import Postgres
import Testing

@testable import Jobs

@Suite("Letting audit rows go")
struct PruneAuditLogTests {
    @Test("AMB-45: the job is asked for once, where there is something old, and leaves every chain whole")
    func prune() async throws {
        try await ShopJobFixture.with { fixture in
            let log = AuditLog(database: fixture.database)
            let companies = [DeveloperID(UUID()), DeveloperID(UUID())]
            for company in companies {
                for number in 0..<3 {
                    try await fixture.database.transaction { transaction in
                        try await AuditLog.append(
                            AuditEntry(developer: company, action: "a.b", target: "\(number)"), in: transaction)
                    }
                }
            }
            func plan(_ retention: Duration) async throws -> Int {
                try await PruneAuditLog.plan(on: fixture.queue, database: fixture.database, retention: retention)
                return try await fixture.database.rows("SELECT 1 FROM job WHERE kind = 'prune-audit-log'").count
            }
            #expect(try await plan(.seconds(3600)) == 0)
            #expect(try await plan(.zero) == 1)
            #expect(try await plan(.zero) == 1)
            let handler = PruneAuditLogHandler(log: log, retention: .zero)
            let attempt = Attempt(job: JobID(rawValue: 1), number: 1, maxAttempts: 1, scope: nil, developer: nil)
            _ = try await handler.perform(PruneAuditLog(), attempt: attempt)
            #expect(attempt.progress.itemsDone >= 4)
            for company in companies {
                let verified = try await log.verify(company, against: nil)
                #expect(verified.isIntact && verified.prunedThrough != nil)
            }
        }
    }
}
