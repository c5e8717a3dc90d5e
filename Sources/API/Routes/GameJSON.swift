import BuildStore
import Content
import Games
import Storefront

/// Games as JSON.
enum GameJSON {
    static func game(_ game: GameRecord) -> JSONObject {
        JSONObject([
            ("game_id", .string(game.id.description)), ("developer_id", .string(game.developer.description)),
            ("title", .string(game.title)), ("status", .string(game.status.rawValue)),
            ("created_at", .time(game.createdAt)), ("updated_at", .time(game.updatedAt)),
            ("published_at", .time(game.publishedAt)), ("unpublished_at", .time(game.unpublishedAt)),
        ])
    }

    /// - Parameters:
    ///   - current: the version that the public gets, or else the newest that is ready.
    ///   - pending: the newest version that is on its way or being judged.
    static func game(_ game: GameRecord, current: VersionRecord?, pending: VersionRecord?) -> JSONValue {
        var object = self.game(game)
        object["allowed_transitions"] = .array(game.status.allowed.map { .string($0.rawValue) })
        object["current_version"] = current.map(self.summary) ?? .null
        object["pending_version"] = pending.map(self.summary) ?? .null
        return .object(object)
    }

    private static func summary(_ version: VersionRecord) -> JSONValue {
        [
            "version_id": .string(version.id.description), "version_string": .string(version.versionString),
            "status": .string(version.status.rawValue), "review_status": .string(version.reviewStatus),
        ]
    }
}
