import Storefront

extension Schemas {
    /// Of games.
    static let games: [(String, JSONValue)] = [
        ("NewGame", object(["title": text(255)], ["title"])),
        ("GameChange", object(["title": text(255), "status": words(GameStatus.self)], [])), ("Game", game),
        ("GameList", list("Game")),
    ]

    private static let game = object(
        [
            "game_id": id, "developer_id": id, "title": text(255), "status": words(GameStatus.self), "created_at": time,
            "updated_at": time, "published_at": perhapsTime, "unpublished_at": perhapsTime,
            "allowed_transitions": array(string), "current_version": nullable("object"),
            "pending_version": nullable("object"),
        ], ["game_id", "developer_id", "title", "status", "created_at", "updated_at"])
}
