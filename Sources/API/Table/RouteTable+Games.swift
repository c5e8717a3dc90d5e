import HTTPTypes
import Storefront

extension RouteTable {
    /// Games.
    static let games: [RouteDeclaration] = [
        route(.createGame, .post, "/games", .permission(.gamesWrite), "Create a game", "NewGame", 201, "Game"),
        route(.listGames, .get, "/games", .permission(.gamesRead), "List games", nil, 200, "GameList").checkingGames(),
        route(.getGame, .get, "/games/{game_id}", .permission(.gamesRead), "Read a game", nil, 200, "Game"),
        route(
            .updateGame, .put, "/games/{game_id}", .permission(.gamesWrite), "Change a game", "GameChange", 200, "Game"),
        alias(
            .updateGame, .patch, "/games/{game_id}", .permission(.gamesWrite), "Change a game", "GameChange", 200,
            "Game"),
        route(.deleteGame, .delete, "/games/{game_id}", .permission(.gamesWrite), "Delete a game", nil, 204, nil),
    ]
}
