import BuildStore
import Content
import Games
import Postgres
import Storefront

/// What all changes of a channel share. The caller holds the game's row.
extension Releases {
    func channel(_ name: ChannelName, of game: GameID, in executor: some SQLExecutor) async throws -> Channel? {
        try await executor.row(
            "SELECT \(Channel.columns) FROM channels WHERE game_id = \(game) AND name = \(name.text)"
        ).map(Channel.init)
    }

    /// Points a channel at a version, new or old, and tells Download Service.
    ///
    /// - Parameters:
    ///   - percent: below 100 the others keep what everybody had; without such a version there are no others.
    ///   - channel: as it is now; nil when it is new.
    func point(
        _ name: ChannelName, at version: VersionRecord, percent: Int, instead channel: Channel?,
        action: ChannelEvent.Action, of game: GameRecord, by actor: Actor, reason: String?, in transaction: Transaction
    ) async throws -> Channel {
        let others = channel?.settled == version.id ? channel?.previous : channel?.settled
        let previous = others == version.id ? nil : others
        let rollout = Rollout(beginningAt: previous == nil ? 100 : percent)
        let row = try await transaction.row(
            """
            INSERT INTO channels AS channel
                (game_id, name, developer_id, version_id, previous_version_id, rollout_state, rollout_percent)
            VALUES (\(game.id), \(name.text), \(game.developer), \(version.id), \(previous), \(rollout.state.rawValue),
                    \(Int16(rollout.percent)))
            ON CONFLICT (game_id, name) DO UPDATE
            SET version_id = EXCLUDED.version_id, previous_version_id = EXCLUDED.previous_version_id,
                rollout_state = EXCLUDED.rollout_state, rollout_percent = EXCLUDED.rollout_percent,
                revision = channel.revision + 1
            RETURNING \(Channel.columns)
            """)
        guard let pointed = try row.map(Channel.init) else { throw PostgresError.unexpected("no channel") }
        try await self.settle(pointed, instead: channel, of: game, in: transaction)
        try await self.record(action, pointed, by: actor, reason: reason, in: transaction)
        try await self.tellDownload(pointed, of: game, action: action, in: transaction)
        return pointed
    }

    /// Changes how far a channel's version has come, and tells Download Service.
    func move(
        _ channel: Channel, to rollout: Rollout, action: ChannelEvent.Action, of game: GameRecord, by actor: Actor,
        in transaction: Transaction
    ) async throws -> Channel {
        let row = try await transaction.row(
            """
            UPDATE channels
            SET rollout_state = \(rollout.state.rawValue), rollout_percent = \(Int16(rollout.percent)),
                revision = revision + 1
            WHERE game_id = \(game.id) AND name = \(channel.name.text)
            RETURNING \(Channel.columns)
            """)
        guard let moved = try row.map(Channel.init) else { throw PostgresError.unexpected("a held channel vanished") }
        try await self.settle(moved, instead: channel, of: game, in: transaction)
        try await self.record(action, moved, by: actor, reason: nil, in: transaction)
        try await self.tellDownload(moved, of: game, action: action, in: transaction)
        return moved
    }

    /// Has the versions say whether somebody gets them: live while a channel gives them to anybody, superseded after.
    func settle(
        _ channel: Channel?, instead before: Channel?, of game: GameRecord, in transaction: Transaction
    ) async throws {
        for id in Set([channel?.version, channel?.previous, before?.version, before?.previous].compactMap { $0 })
            .sorted()
        {
            guard let version = try await self.lock(id, of: game, in: transaction) else { continue }
            let isServed = try await self.isServed(id, of: game.id, in: transaction)
            switch (try version.review, isServed) {
            case (.approved, true):
                try await self.move(version, on: .publish, in: transaction)
                try await self.updating(version, transaction)
            case (.superseded, true):
                try await self.move(version, on: .rollback, in: transaction)
                try await self.updating(version, transaction)
            case (.live, false): try await self.move(version, on: .supersede, in: transaction)
            default: break
            }
        }
    }

    func record(
        _ action: ChannelEvent.Action, _ channel: Channel, by actor: Actor, reason: String?, in transaction: Transaction
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO channel_history
                (game_id, name, developer_id, action, version_id, previous_version_id, rollout_percent, actor, reason)
            VALUES (\(channel.game), \(channel.name.text), \(channel.developer), \(action.rawValue),
                    \(channel.version), \(channel.previous), \(Int16(channel.rollout.percent)), \(actor.text), \(reason))
            """)
    }

    /// Whether any channel gives a version to anybody.
    private func isServed(
        _ version: VersionID, of game: GameID, in transaction: Transaction
    ) async throws(PostgresError) -> Bool {
        try await transaction.row(
            """
            SELECT FROM channels
            WHERE game_id = \(game)
              AND (version_id = \(version) OR previous_version_id = \(version) AND rollout_state <> 'complete')
            LIMIT 1
            """) != nil
    }
}
