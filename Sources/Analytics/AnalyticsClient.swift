public import Content
public import Platform
public import Storefront

/// Analytics Service, as `ops/contracts/analytics.openapi.json` describes it.
public struct AnalyticsClient: Sendable {
    private let service: ServiceClient

    public init(_ service: ServiceClient) { self.service = service }

    /// Asks about one game of a company, or all of them.
    ///
    /// - Throws: `ServiceError` or `CancellationError`.
    public func answer(
        _ query: AnalyticsQuery, of developer: DeveloperID, game: GameID?
    ) async throws -> AnalyticsAnswer {
        try self.read(try await self.fetch(query, of: developer, game: game), query)
    }

    /// The answer's text, as it came.
    func fetch(_ query: AnalyticsQuery, of developer: DeveloperID, game: GameID?) async throws -> JSONValue {
        var parameters = [
            (name: "developer_id", value: developer.description), (name: "from", value: query.period.from.description),
            (name: "to", value: query.period.to.description),
            (name: "metrics", value: query.metrics.map(\.rawValue).joined(separator: ",")),
            (name: "granularity", value: query.granularity.rawValue),
        ]
        if let game { parameters.append((name: "game_id", value: game.description)) }
        if let country = query.country { parameters.append((name: "country", value: country)) }
        return try await self.service.answer(to: .get("/v1/metrics", query: parameters))
    }

    func read(_ json: JSONValue, _ query: AnalyticsQuery) throws(ServiceError) -> AnalyticsAnswer {
        do {
            return try AnalyticsAnswer(json, to: query)
        } catch {
            throw .unreadable(service: self.service.name, reason: error.reason)
        }
    }
}
