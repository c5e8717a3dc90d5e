import HTTPTypes
import Hummingbird
import Storefront

/// Catalog Service in small: the shop window, game by game, as it was last told.
struct CatalogDesk: Sendable {
    let state: PlatformState
    let secret: String

    func add(to router: Router<BasicRequestContext>) {
        Inbox(service: "catalog", state: self.state, secret: self.secret, hear: Self.hear).add(to: router)
        router.get("desk/catalog", use: self.list)
    }

    /// `GET /desk/catalog`: what the shop shows, by the games' ids.
    @Sendable private func list(_ request: Request, context: BasicRequestContext) async throws -> Response {
        let games = self.state.read { values in values.catalog.sorted { $0.key < $1.key }.map(\.value) }
        return .json(["items": .array(games.map { .object($0) })])
    }

    private static func hear(_ fact: Fact, _ values: inout PlatformState.Values) -> Bool {
        guard let game = fact.data.text("game_id") else { return false }
        switch fact.type {
        case "game.published", "game.updated":
            // The whole page each time: nothing of what was told before is needed.
            var shown = JSONObject([("game_id", .string(game)), ("is_available", true)])
            for name in ["version_id", "version_string", "listing"] { shown[name] = fact.data[name] }
            values.catalog[game] = shown
        case "game.unpublished": values.catalog[game]?["is_available"] = false
        case "pricing.changed": values.catalog[game]?["pricing"] = fact.data["pricing"]
        case "promotion.started", "promotion.ended": break
        default: return false
        }
        return true
    }
}
