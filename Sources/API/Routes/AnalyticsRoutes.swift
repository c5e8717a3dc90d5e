import Analytics
import Content
import FoundationEssentials
import Games
import HTTPTypes
import Hummingbird
import Storefront

/// What is known of a company's games: sales, players, where they are.
struct AnalyticsRoutes: Sendable {
    private let analytics: Analytics
    private let games: Games

    init(_ services: APIServices) {
        self.analytics = services.analytics
        self.games = services.games
    }

    /// `GET /analytics/summary`: all games of the company, or one by `game_id`.
    @Sendable func summary(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let game = query.identifier("game_id", of: Game.self)
        let question = try Self.question(&query)
        if let game { try await self.requireGame(game, context) }
        return try await self.answer(question, game: game, context)
    }

    /// `GET /analytics/games/{game_id}`.
    @Sendable func game(_ request: Request, context: APIContext) async throws -> Response {
        let game = try context.pathIdentifier("game_id", of: Game.self)
        try await self.requireGame(game, context)
        var query = QueryFields(request)
        return try await self.answer(try Self.question(&query), game: game, context)
    }

    private func answer(_ query: AnalyticsQuery, game: GameID?, _ context: APIContext) async throws -> Response {
        let finding = try await self.analytics.find(query, of: try context.requireDeveloper(), game: game)
        return .json(AnalyticsJSON.answer(finding, query, game: game))
    }

    private func requireGame(_ id: GameID, _ context: APIContext) async throws {
        guard try await self.games.game(id, of: try context.requireDeveloper()) != nil else {
            throw HTTPProblem.notFound
        }
    }

    private static func question(_ query: inout QueryFields) throws(HTTPProblem) -> AnalyticsQuery {
        let period = query.period(today: CalendarDay(containing: Date().timeIntervalSince1970))
        let metrics = query.choices("metrics", of: Metric.self)
        let granularity = query.choice("granularity", of: Granularity.self) ?? .day
        let country = query.country("country")
        do {
            try query.finish()
        } catch {
            throw Self.listingMetrics(error)
        }
        guard let period else { throw .unexpected }
        return AnalyticsQuery(
            period: period, metrics: Set(metrics), granularity: granularity, country: country)
    }

    /// Whoever asked for a metric there is none of is told which there are.
    private static func listingMetrics(_ problem: HTTPProblem) -> HTTPProblem {
        guard problem.errors.contains(where: { $0.pointer == "?metrics" }) else { return problem }
        var problem = problem
        problem.members["allowed"] = .array(Metric.allCases.map { .string($0.rawValue) })
        return problem
    }
}
