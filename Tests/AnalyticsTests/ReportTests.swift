import Analytics
import AsyncHTTPClient
import Content
import Digests
import FoundationEssentials
import JobLifecycle
import Platform
import Postgres
import Storefront
import Synchronization
import TestKit
import Testing

@Suite("Reports")
struct ReportTests {
    private final class Observer: ReportObserver {
        let states = Mutex<[ReportState]>([])

        func reportMoved(_ report: ReportRecord, in transaction: Transaction) async throws {
            self.states.withLock { $0.append(report.status) }
        }
    }

    private struct Fixture {
        let analytics: Analytics
        let database: Database
        let observer: Observer
        let mine: DeveloperID
        let theirs: DeveloperID
    }

    private static let file = ReportFile(
        objectKey: "reports/a", size: 3, digest: Digest.sha256(of: [1, 2, 3]), rows: 1)

    private static func run(_ body: (Fixture) async throws -> Void) async throws {
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 12))
            let mine = DeveloperID(UUID()), theirs = DeveloperID(UUID())
            for id in [mine, theirs] {
                try await database.execute("INSERT INTO developers (developer_id, company_name) VALUES (\(id), 'A')")
            }
            let observer = Observer()
            let client = AnalyticsClient(
                ServiceClient(
                    .init(name: "analytics", url: "http://127.0.0.1:9", credentials: .connection), http: .shared))
            let analytics = Analytics(database: database, client: client, policy: .standard, observer: observer)
            try await body(
                Fixture(analytics: analytics, database: database, observer: observer, mine: mine, theirs: theirs))
            await database.close()
        }
    }

    private static func request(_ type: ReportType = .sales, to: String = "2026-11-02") throws -> ReportRequest {
        let period = try Period(from: try #require(CalendarDay("2026-11-01")), to: try #require(CalendarDay(to)))
        return ReportRequest(type: type, format: .csv, period: period, game: nil, country: nil)
    }

    @Test("AMB-15: the same parameters name the same report, ordered once however many ask at once")
    func findOrOrder() async throws {
        try await Self.run { fixture in
            let request = try Self.request()
            let ids = try await withThrowingTaskGroup(of: ReportID.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        try await fixture.analytics.findOrOrder(request, for: fixture.mine, by: nil).report.id
                    }
                }
                return try await group.reduce(into: Set<ReportID>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            let id = try #require(ids.first)
            #expect(try await fixture.analytics.order(request, for: fixture.mine, by: nil).isNew == false)
            #expect(try await fixture.analytics.order(request, for: fixture.theirs, by: nil).isNew)
            #expect(try await fixture.analytics.order(Self.request(.players), for: fixture.mine, by: nil).isNew)
            _ = try await fixture.analytics.begin(id)
            try await fixture.database.transaction { _ = try await fixture.analytics.finish(id, Self.file, in: $0) }
            #expect(try await fixture.analytics.findOrOrder(request, for: fixture.mine, by: nil).report.id == id)
            #expect(
                try await fixture.analytics.order(request, for: fixture.mine, by: nil).isNew, "POST makes a new one")
        }
    }

    @Test("AN-3: a report is made, kept for its time, and expires with its file")
    func life() async throws {
        try await Self.run { fixture in
            let (report, _) = try await fixture.analytics.order(Self.request(), for: fixture.mine, by: UserID(UUID()))
            #expect(report.status == .queued && report.file == nil)
            #expect(try await fixture.analytics.report(report.id, of: fixture.theirs) == nil)
            #expect(try await fixture.analytics.begin(report.id)?.status == .generating)
            #expect(try await fixture.analytics.begin(report.id)?.status == .generating, "another worker goes on")
            try await fixture.database.transaction { transaction in
                let first = try await fixture.analytics.finish(report.id, Self.file, in: transaction)
                let second = try await fixture.analytics.finish(report.id, Self.file, in: transaction)
                #expect(first && !second)
            }
            let ready = try #require(try await fixture.analytics.report(report.id, of: fixture.mine))
            #expect(ready.status == .ready && ready.file == Self.file)
            #expect(try await fixture.analytics.begin(report.id) == nil)
            #expect(try await fixture.analytics.expireReports(limit: 10) { _ in } == 0)
            try await fixture.database.execute("UPDATE analytics_reports SET expires_at = now() - interval '1 second'")
            let erased = Mutex<[String]>([])
            #expect(
                try await fixture.analytics.expireReports(limit: 10) { keys in erased.withLock { $0 += keys } } == 1)
            #expect(erased.withLock { $0 } == ["reports/a"])
            #expect(try await fixture.analytics.report(report.id, of: fixture.mine)?.status == .expired)
            #expect(fixture.observer.states.withLock { $0 } == [.queued, .ready])
        }
    }

    @Test("a failed report says why, and a removed one is not made")
    func ends() async throws {
        try await Self.run { fixture in
            let (failed, _) = try await fixture.analytics.order(Self.request(), for: fixture.mine, by: nil)
            try await fixture.database.transaction { transaction in
                try await fixture.analytics.fail(
                    failed.id, because: Failure(code: "dependency-unavailable", message: "x", retryable: true),
                    in: transaction)
            }
            let read = try #require(try await fixture.analytics.report(failed.id, of: fixture.mine))
            #expect(read.status == .failed && read.failure?.description.contains("dependency-unavailable") == true)
            let (removed, isNew) = try await fixture.analytics.order(Self.request(), for: fixture.mine, by: nil)
            #expect(isNew)
            _ = try await fixture.analytics.begin(removed.id)
            #expect(try await !fixture.analytics.remove(removed.id, of: fixture.theirs) { _ in })
            #expect(try await fixture.analytics.remove(removed.id, of: fixture.mine) { _ in })
            try await fixture.database.transaction { transaction in
                let isFinished = try await fixture.analytics.finish(removed.id, Self.file, in: transaction)
                #expect(!isFinished)
            }
        }
    }
}
