import Analytics
import AsyncHTTPClient
import Content
import FoundationEssentials
import JobLifecycle
import Platform
import Postgres
import Storefront
import TestKit
import Testing

@Suite("Numbers about games")
struct AnalyticsTests {
    private static let answer = """
        {"as_of":"2026-11-25T09:00:00Z","totals":{"sales":3,"revenue":{"amount":"2997.00","currency":"RUB"},"wins":1},
         "series":[{"at":"2026-11-02","values":{"sales":2}},{"at":"2026-11-01","values":{"sales":1}}],
         "breakdowns":{"geography":[{"country":"RU","players":5,"sales":3}]}}
        """

    private static func query(_ metrics: Set<Metric> = []) throws -> AnalyticsQuery {
        let period = try Period(
            from: try #require(CalendarDay("2026-11-01")), to: try #require(CalendarDay("2026-11-02")))
        return AnalyticsQuery(period: period, metrics: metrics, granularity: .day, country: "RU")
    }

    private static func run(
        policy: AnalyticsPolicy = .standard,
        _ body: @Sendable (Analytics, Database, DeveloperID, HTTPStub) async throws -> Void
    ) async throws {
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 4))
            let developer = DeveloperID(UUID())
            try await database.execute("INSERT INTO developers (developer_id, company_name) VALUES (\(developer), 'A')")
            try await HTTPStub.run({ _ in .init(Self.answer) }) { address, stub in
                var configuration = ServiceClient.Configuration(
                    name: "analytics", url: address, credentials: .token("secret"))
                configuration.plan = RetryPlan(attempts: 2, base: .milliseconds(10), cap: .milliseconds(10))
                configuration.breaker = BreakerState(threshold: 4, rest: .seconds(60))
                let client = AnalyticsClient(ServiceClient(configuration, http: .shared))
                let analytics = Analytics(
                    database: database, client: client, policy: policy, observer: NoReportObserver())
                try await body(analytics, database, developer, stub)
            }
            await database.close()
        }
    }

    @Test("AN-4, IN-5: the service is asked for this company and this game only")
    func filters() async throws {
        try await Self.run { analytics, _, developer, stub in
            let game = GameID(UUID())
            _ = try await analytics.find(Self.query(), of: developer, game: game)
            let call = try #require(stub.calls.first)
            #expect(call.query["developer_id"] == developer.description && call.query["game_id"] == game.description)
            #expect(call.query["from"] == "2026-11-01" && call.query["country"] == "RU")
            #expect(call.headers["authorization"] == "Bearer secret" && call.target.hasPrefix("/v1/metrics?"))
        }
    }

    @Test("AN-1: what was asked for is there, in order; what was not is left out")
    func metrics() async throws {
        try await Self.run { analytics, _, developer, _ in
            let answer = try await analytics.find(Self.query(), of: developer, game: nil).answer
            #expect(answer.totals[.sales] == 3 && answer.totals[.dau] == .some(.null))
            #expect(answer.totals[.revenue] == ["amount": "2997.00", "currency": "RUB"])
            #expect(answer.series.map(\.day.description) == ["2026-11-01", "2026-11-02"])
            #expect(answer.breakdowns[.geography]?.count == 1 && answer.breakdowns[.demographics] == nil)
            let one = try await analytics.find(Self.query([.sales]), of: developer, game: nil).answer
            #expect(one.totals.count == 1 && one.breakdowns.isEmpty)
        }
    }

    @Test("AN-6: an answer serves again while it is fresh, and an old one while the service is away")
    func cache() async throws {
        try await Self.run { analytics, database, developer, stub in
            let query = try Self.query()
            for _ in 0..<3 {
                let finding = try await analytics.find(query, of: developer, game: nil)
                #expect(!finding.isStale && finding.answer.asOf == "2026-11-25T09:00:00Z")
            }
            #expect(stub.calls.count == 1)
            stub.script { _ in .init(status: 503, "{}") }
            try await database.execute("UPDATE analytics_answers SET fetched_at = now() - interval '1 hour'")
            let old = try await analytics.find(query, of: developer, game: nil)
            #expect(old.isStale && old.answer.totals[.sales] == 3 && stub.calls.count == 3, "tried twice")
            await #expect(throws: AnalyticsError.unavailable) {
                try await analytics.find(query, of: developer, game: GameID(UUID()))
            }
            // Four failures in a row: nobody asks any more, and the old answer comes at once.
            #expect(try await analytics.find(query, of: developer, game: nil).isStale && stub.calls.count == 5)
            try await database.execute("UPDATE analytics_answers SET fetched_at = now() - interval '8 days'")
            await #expect(throws: AnalyticsError.unavailable) {
                try await analytics.find(query, of: developer, game: nil)
            }
            try await analytics.forgetAnswers()
            #expect(try await database.rows("SELECT 1 FROM analytics_answers").isEmpty)
        }
    }

    static let nonsense = [
        "[]", "{}", #"{"as_of":"x"}"#, #"{"as_of":"x","totals":{"sales":"many"}}"#, "not json",
        #"{"as_of":"x","totals":{"revenue":{"amount":"1.001","currency":"RUB"}}}"#,
        #"{"as_of":"x","totals":{"sales":1.5}}"#, #"{"as_of":"x","totals":{},"series":[{"at":"May"}]}"#,
    ]

    @Test("an answer that is not what the contract says is none", arguments: nonsense)
    func unreadable(text: String) async throws {
        try await Self.run { analytics, database, developer, stub in
            stub.script { _ in .init(text) }
            await #expect(throws: AnalyticsError.unavailable) {
                try await analytics.find(try Self.query(), of: developer, game: nil)
            }
            let kept = try await database.rows("SELECT 1 FROM analytics_answers")
            #expect(kept.isEmpty)
        }
    }
}
