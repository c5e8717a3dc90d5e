public import Content
import Postgres

/// The versions of a game that tell how it stands.
public struct GameHeads: Sendable {
    /// The one that was asked for by name: what the public gets.
    public var live: VersionRecord?
    /// The newest that is ready.
    public var ready: VersionRecord?
    /// The newest that is on its way or being judged.
    public var pending: VersionRecord?
}

extension BuildStore {
    /// - Parameter live: what the public gets; nil when it gets nothing.
    public func heads(of game: GameID, developer: DeveloperID, live: VersionID?) async throws -> GameHeads {
        let rows = try await self.database.rows(
            """
            WITH head AS (
                SELECT 'live' AS part, \(live)::uuid AS version_id
                UNION ALL
                (SELECT 'ready', version_id FROM game_versions
                 WHERE game_id = \(game) AND status = 'ready'
                 ORDER BY created_at DESC, version_id DESC LIMIT 1)
                UNION ALL
                (SELECT 'pending', version_id FROM game_versions
                 WHERE game_id = \(game) AND (status NOT IN ('ready', 'failed') OR review_status = 'in_review')
                 ORDER BY created_at DESC, version_id DESC LIMIT 1)
            )
            SELECT head.part, \(VersionRecord.columns)
            FROM head JOIN game_versions AS version ON version.version_id = head.version_id
                JOIN games AS game ON game.game_id = version.game_id
            WHERE version.game_id = \(game) AND game.developer_id = \(developer)
            """)
        var heads = GameHeads()
        for row in rows {
            let record = try VersionRecord(row)
            switch try row("part", as: String.self) {
            case "live": heads.live = record
            case "ready": heads.ready = record
            default: heads.pending = record
            }
        }
        return heads
    }
}
