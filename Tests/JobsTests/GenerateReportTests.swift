import Analytics
import AsyncHTTPClient
import Content
import FoundationEssentials
import Games
import JobLifecycle
import JobQueue
import NIOCore
import ObjectStore
import Platform
import Postgres
import Storefront
import TestKit
import Testing
import Threads

@testable import Jobs

@Suite("Making reports")
struct GenerateReportTests {
    private struct Fixture: Sendable {
        let analytics: Analytics
        let handler: GenerateReportHandler
        let store: any ObjectStore
        let database: Database
        let developer: DeveloperID
        let game: GameID
        let stub: HTTPStub

        func make(_ type: ReportType, _ format: ReportFormat, game: GameID? = nil) async throws -> ReportRecord {
            guard let from = CalendarDay("2026-11-01"), let to = CalendarDay("2026-11-02") else {
                throw CocoaError(.formatting)
            }
            let request = ReportRequest(
                type: type, format: format, period: try Period(from: from, to: to), game: game?.description,
                country: nil)
            let (report, _) = try await self.analytics.order(request, for: self.developer, by: nil)
            let attempt = Attempt(job: JobID(rawValue: 1), number: 1, maxAttempts: 1, scope: nil, developer: nil)
            let outcome = try await self.handler.perform(GenerateReport(report: report.id), attempt: attempt)
            guard case .completed(let recording?) = outcome else { throw CocoaError(.formatting) }
            try await self.database.transaction { try await recording($0) }
            return try await self.analytics.report(report.id, of: self.developer) ?? report
        }

        func text(_ report: ReportRecord) async throws -> String {
            let file = try #require(report.file)
            let content = try await self.store.get(try ObjectKey(validating: file.objectKey), range: nil)
            var bytes: [UInt8] = []
            for try await buffer in content { bytes += buffer.readableBytesView }
            #expect(Int64(bytes.count) == file.size)
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private static let answer = """
        {"as_of":"2026-11-25T09:00:00Z","totals":{},
         "series":[{"at":"2026-11-01","values":{"sales":2,"revenue":{"amount":"1998.00","currency":"RUB"},"refunds":0}},
                   {"at":"2026-11-02","values":{"sales":0,"refunds":1,"revenue":{"amount":"-999.00","currency":"RUB"}}}],
         "breakdowns":{"geography":[{"country":"RU","players":5,"sales":3}],"demographics":[{"group":"18-24","share":0.5}]}}
        """

    private static func run(_ body: @Sendable (Fixture) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "slipway-report-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let pool = ThreadPool(name: "report-test", threads: 2)
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 4))
            let developer = DeveloperID(UUID())
            try await database.execute("INSERT INTO developers (developer_id, company_name) VALUES (\(developer), 'A')")
            let games = Games(database: database)
            let game = try await games.create(title: "=HYPERLINK(\"x\")", for: developer)
            let store = try await FilesystemStore(
                root: directory.path, durability: .unsafeForTests, signer: nil, pool: pool)
            try await HTTPStub.run({ _ in .init(Self.answer) }) { address, stub in
                let queue = JobQueue(database: database)
                let events = Events(outbox: Outbox(database: database), queue: queue)
                let analytics = Analytics(
                    database: database,
                    client: AnalyticsClient(
                        ServiceClient(.init(name: "analytics", url: address, credentials: .connection), http: .shared)),
                    policy: .standard, observer: MoneyFacts(events: events, queue: queue, handOverDelay: .zero))
                try await body(
                    Fixture(
                        analytics: analytics,
                        handler: GenerateReportHandler(analytics: analytics, games: games, store: store), store: store,
                        database: database, developer: developer, game: game.id, stub: stub))
            }
            await database.close()
        }
    }

    @Test(
        "AN-3, EP-27: a report holds every game and day, to the kopeck, with its size and digest; no title is a formula"
    )
    func csv() async throws {
        try await Self.run { fixture in
            let report = try await fixture.make(.sales, .csv)
            #expect(report.status == .ready && report.file?.rows == 2)
            let lines = try await fixture.text(report).split(separator: "\r\n").map(String.init)
            #expect(
                lines == [
                    "date,game_id,title,sales,revenue,currency,refunds",
                    "2026-11-01,\(fixture.game),\"'=HYPERLINK(\"\"x\"\")\",2,1998.00,RUB,0",
                    "2026-11-02,\(fixture.game),\"'=HYPERLINK(\"\"x\"\")\",0,-999.00,RUB,1",
                ])
            #expect(fixture.stub.calls.allSatisfy { $0.query["game_id"] == fixture.game.description })
            let events: [String] = try await fixture.database.rows("SELECT type FROM outbox ORDER BY seq").map {
                try $0("type")
            }
            #expect(events == ["report.ready"])
        }
    }

    @Test("AN-3: the same as JSON, and tables of countries and groups")
    func json() async throws {
        try await Self.run { fixture in
            let sales = try JSONParser.parse(Array(try await fixture.text(try await fixture.make(.sales, .json)).utf8))
            #expect(sales.description.contains(#""revenue":"1998.00","currency":"RUB""#))
            let countries = try await fixture.text(try await fixture.make(.geography, .csv, game: fixture.game))
            #expect(countries.contains("RU,5,3"))
            let groups = try await fixture.text(try await fixture.make(.demographics, .csv))
            #expect(groups.contains("'18-24,0.5") || groups.contains("18-24,0.5"))
            let gone = try await fixture.make(.players, .csv, game: GameID(UUID()))
            #expect(gone.file?.rows == 0, "a game that is gone has no lines")
        }
    }

    @Test("a service that is away fails the attempt, not the report")
    func away() async throws {
        try await Self.run { fixture in
            fixture.stub.script { _ in .init(status: 404, "{}") }
            await #expect(throws: ServiceError.self) { try await fixture.make(.sales, .csv) }
            let reports = try await fixture.analytics.reports(
                of: fixture.developer, status: .generating, after: nil, limit: 5)
            #expect(reports.count == 1)
        }
    }
}
