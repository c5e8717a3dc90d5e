import BuildStore
public import Content
import Games
import Postgres

extension Releases {
    /// What the update to a version costs those who have one that any channel gives now.
    ///
    /// - Returns: the dearest first; nil when the company has no such game, or the game no such version.
    /// - Throws: ``ReleasesError/updateUnknown(_:)`` while one of them is not known, or `PostgresError`.
    public func updateCosts(
        of version: VersionID, game: GameID, developer: DeveloperID
    ) async throws -> [UpdateCost]? {
        guard let found = try await self.builds.version(version, of: game, developer: developer) else { return nil }
        return try await self.updateCosts(of: found, in: self.database)
    }

    func updateCosts(of version: VersionRecord, in executor: some SQLExecutor) async throws -> [UpdateCost] {
        let rows = try await executor.rows(
            """
            SELECT DISTINCT given.version_id, given.version_string
            FROM channels AS channel
            JOIN game_versions AS given ON given.version_id = channel.version_id
                OR given.version_id = channel.previous_version_id AND channel.rollout_state <> 'complete'
            WHERE channel.game_id = \(version.game) AND given.version_id <> \(version.id)
            ORDER BY given.version_id LIMIT 100
            """)
        var costs: [UpdateCost] = [], unknown: [VersionID] = []
        for row in rows {
            let id: VersionID = try row("version_id")
            if let preview = try await self.builds.preview(from: id, to: version.id, in: executor) {
                costs.append(
                    UpdateCost(from: id, versionString: try row("version_string"), bytes: preview.updateBytes))
            } else {
                unknown.append(id)
            }
        }
        guard unknown.isEmpty else { throw ReleasesError.updateUnknown(unknown) }
        return costs.sorted { ($0.bytes, $1.from) > ($1.bytes, $0.from) }
    }

    /// - Parameter limit: bytes that an update may cost; nil for any.
    func requireCheapUpdate(
        _ version: VersionRecord, limit: Int64?, in executor: some SQLExecutor
    ) async throws {
        guard let limit else { return }
        let dear = try await self.updateCosts(of: version, in: executor).filter { $0.bytes > limit }
        if !dear.isEmpty { throw ReleasesError.updateTooLarge(dear, limit: limit) }
    }
}
