import Access
import Content
import Games
import Hummingbird
import Releases

/// Finds the game that a path names, before anything else of the request is looked at.
struct GameReader: Sendable {
    let games: Games

    init(_ services: APIServices) { self.games = services.games }

    func game(_ context: APIContext) async throws -> GameRecord {
        let id = try context.pathIdentifier("game_id", of: Game.self)
        guard let game = try await self.games.game(id, of: try context.requireDeveloper()) else {
            throw HTTPProblem.notFound
        }
        return game
    }
}

extension APIContext {
    /// Who acts, for records.
    func requireActor() throws(HTTPProblem) -> Actor {
        let kind = try self.requirePrincipal().kind
        switch kind {
        case .user(let user): return .user(user)
        case .key(let key): return .key(key.description)
        }
    }
}
