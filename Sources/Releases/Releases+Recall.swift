public import BuildStore
public import Content
import Games
import Platform
public import Postgres
import Storefront

extension Releases {
    /// Takes a version back from everybody, for ever: malware was found in it late, or the platform wants it so.
    ///
    /// Channels that gave it to anybody go back to the newest version that they had before and that may still be given; a
    /// channel that has none ends, and with the public one the game goes off the shop.
    ///
    /// - Returns: nil when there is no such version; the version as it was when it is recalled already.
    /// - Throws: `InvalidTransition` when moderation never passed it, or `PostgresError`.
    public func recall(_ id: VersionID, reason: String, by actor: Actor) async throws -> VersionRecord? {
        try await self.database.transaction { transaction in
            guard let found = try await self.builds.version(id, in: transaction),
                let game = try await Games.lock(found.game, of: found.developer, by: transaction),
                let version = try await self.lock(id, of: game, in: transaction)
            else { return nil }
            guard try version.review != .recalled else { return version }
            return try await self.recall(version, of: game, reason: reason, by: actor, in: transaction)
        }
    }

    /// What follows when newer signatures find malware in a version: players are kept from it, where the policy says so.
    ///
    /// One that moderation has passed is recalled; one that it looks at now goes back, and cannot be handed in again; of
    /// others nobody has anything.
    ///
    /// - Parameter reason: what was found, for the company.
    public func meetInfection(of id: VersionID, reason: String, in transaction: Transaction) async throws {
        guard self.policy.recallsInfected, let found = try await self.builds.version(id, in: transaction),
            let game = try await Games.lock(found.game, of: found.developer, by: transaction),
            let version = try await self.lock(id, of: game, in: transaction)
        else { return }
        let review = try version.review
        if review.isPublishable {
            _ = try await self.recall(version, of: game, reason: reason, by: .clock, in: transaction)
        } else if review == .inReview {
            var moved = game
            if game.status == .pendingReview { moved = try await Games.move(game, on: .withdraw, in: transaction) }
            _ = try await self.close(version, of: moved, by: .clock, in: transaction)
        }
    }

    private func recall(
        _ version: VersionRecord, of game: GameRecord, reason: String, by actor: Actor, in transaction: Transaction
    ) async throws -> VersionRecord? {
        try await self.move(version, on: .recall, in: transaction)
        try await self.tell(
            "version.recalled", of: game,
            [
                ("version_id", .string(version.id.description)), ("version_string", .string(version.versionString)),
                ("reason", .string(reason)), ("recalled_by", .string(actor.text)),
            ],
            in: transaction)
        let rows = try await transaction.rows(
            """
            SELECT \(Channel.columns) FROM channels
            WHERE game_id = \(game.id) AND \(version.id) IN (version_id, previous_version_id) ORDER BY name
            """)
        for channel in try rows.map(Channel.init) {
            try await self.free(channel, from: version, of: game, reason: reason, by: actor, in: transaction)
        }
        return try await self.builds.version(version.id, in: transaction)
    }

    private func free(
        _ channel: Channel, from version: VersionRecord, of game: GameRecord, reason: String, by actor: Actor,
        in transaction: Transaction
    ) async throws {
        guard channel.version == version.id else {
            // Those who still had it get the newer one, all of them.
            let row = try await transaction.row(
                """
                UPDATE channels
                SET previous_version_id = NULL, rollout_state = 'complete', rollout_percent = 100,
                    revision = revision + 1
                WHERE game_id = \(game.id) AND name = \(channel.name.text)
                RETURNING \(Channel.columns)
                """)
            guard let freed = try row.map(Channel.init) else { return }
            try await self.record(.recall, freed, by: actor, reason: reason, in: transaction)
            return try await self.tellDownload(freed, of: game, action: .recall, in: transaction)
        }
        guard let earlier = try await self.earlier(than: version, of: channel, in: transaction),
            let target = try await self.lock(earlier, of: game, in: transaction)
        else {
            try await self.remove(channel, action: .recall, of: game, by: actor, reason: reason, in: transaction)
            if channel.name == .public, game.status == .published {
                _ = try await self.unpublish(game, reason: reason, by: actor, in: transaction)
            }
            return
        }
        let turned = try await self.turn(
            channel, back: target, action: .recall, of: game, by: actor, reason: reason, in: transaction)
        // Nobody goes back to what was recalled.
        try await transaction.execute(
            """
            UPDATE channels SET previous_version_id = NULL
            WHERE game_id = \(game.id) AND name = \(turned.name.text)
            """)
    }

    /// The newest version that the channel had and that may still be given.
    private func earlier(
        than version: VersionRecord, of channel: Channel, in transaction: Transaction
    ) async throws(PostgresError) -> VersionID? {
        let row = try await transaction.row(
            """
            SELECT history.version_id FROM channel_history AS history JOIN game_versions AS version USING (version_id)
            WHERE history.game_id = \(channel.game) AND history.name = \(channel.name.text)
              AND history.version_id <> \(version.id)
              AND version.review_status IN ('approved', 'live', 'superseded')
            ORDER BY history.history_id DESC LIMIT 1
            """)
        return try row?("version_id")
    }
}
