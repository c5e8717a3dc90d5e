import BuildStore
public import Content
import FoundationEssentials
import Games
import Platform
import Postgres
public import Storefront

extension Releases {
    /// A game's channels, by name; at most 100.
    public func channels(of game: GameID) async throws -> [Channel] {
        try await self.database.rows(
            "SELECT \(Channel.columns) FROM channels WHERE game_id = \(game) ORDER BY name LIMIT 100"
        ).map(Channel.init)
    }

    public func channel(_ name: ChannelName, of game: GameID) async throws -> Channel? {
        try await self.channel(name, of: game, in: self.database)
    }

    /// What happened to a channel, newest first.
    ///
    /// - Parameter before: the number of the last event of the page before.
    public func history(
        of name: ChannelName, game: GameID, before: Int64?, limit: Int
    ) async throws -> [ChannelEvent] {
        try await self.database.rows(
            """
            SELECT history_id, action, version_id, previous_version_id, rollout_percent, actor, reason, at
            FROM channel_history
            WHERE game_id = \(game) AND name = \(name.text)
              AND (\(before)::bigint IS NULL OR history_id < \(before)::bigint)
            ORDER BY history_id DESC LIMIT \(limit)
            """
        ).map(ChannelEvent.init)
    }

    /// Gives the newer version to more players, or to fewer, or stops giving it to new ones.
    ///
    /// - Parameters:
    ///   - percent: 0 to 100; nil to halt.
    ///   - revision: the revision the caller saw; nil to change whatever is there.
    /// - Returns: nil when there is no such channel, or it is another company's.
    /// - Throws: `InvalidTransition`, ``ReleasesError/nothingToRollBackTo``, `GamesError.stale`, or `PostgresError`.
    public func roll(
        _ name: ChannelName, to percent: Int?, of game: GameID, developer: DeveloperID, ifRevision revision: Int64?,
        by actor: Actor
    ) async throws -> Channel? {
        try await self.database.transaction { transaction in
            guard let record = try await Games.lock(game, of: developer, by: transaction),
                let channel = try await self.channel(name, of: game, in: transaction)
            else { return nil }
            try self.require(revision, of: channel)
            try self.requirePerson(for: name, actor)
            guard let percent else {
                let halted = try channel.rollout.halted()
                return try await self.move(channel, to: halted, action: .halt, of: record, by: actor, in: transaction)
            }
            let rollout = try channel.rollout.moved(to: percent)
            if rollout == channel.rollout { return channel }
            if rollout.state != .complete {
                guard let previous = channel.previous,
                    let others = try await self.lock(previous, of: record, in: transaction),
                    try others.review.isPublishable
                else { throw ReleasesError.nothingToRollBackTo }
            }
            return try await self.move(channel, to: rollout, action: .rollout, of: record, by: actor, in: transaction)
        }
    }

    /// Points a channel back at an earlier version: at once, for everybody, without another look of moderation.
    ///
    /// - Parameter version: nil for the one that the channel had before.
    /// - Returns: nil when there is no such channel, or the game no such version.
    /// - Throws: ``ReleasesError/nothingToRollBackTo``, `InvalidTransition` when moderation does not let it pass, or
    ///   `PostgresError`.
    public func rollBack(
        _ name: ChannelName, to version: VersionID?, of game: GameID, developer: DeveloperID, reason: String?,
        by actor: Actor
    ) async throws -> Channel? {
        try await self.database.transaction { transaction in
            guard let record = try await Games.lock(game, of: developer, by: transaction),
                let channel = try await self.channel(name, of: game, in: transaction)
            else { return nil }
            try self.requirePerson(for: name, actor)
            let target: VersionRecord
            if let version {
                guard let named = try await self.lock(version, of: record, in: transaction) else { return nil }
                target = named
            } else {
                guard let previous = channel.previous,
                    let found = try await self.lock(previous, of: record, in: transaction)
                else { throw ReleasesError.nothingToRollBackTo }
                target = found
            }
            // Only what players had already; a version that is new to them is published.
            guard try target.review == .live || target.review == .superseded else {
                _ = try target.review.applying(.rollback)
                throw ReleasesError.nothingToRollBackTo
            }
            if channel.version == target.id, channel.rollout.state == .complete { return channel }
            return try await self.turn(
                channel, back: target, action: .rollback, of: record, by: actor, reason: reason, in: transaction)
        }
    }

    /// Ends a channel; who followed it gets nothing more from it.
    ///
    /// - Returns: false when there is no such channel, or it is another company's.
    /// - Throws: ``ReleasesError/channelInUse(_:)`` for the one that the shop shows, or `PostgresError`.
    public func delete(
        _ name: ChannelName, of game: GameID, developer: DeveloperID, by actor: Actor
    ) async throws -> Bool {
        try await self.database.transaction { transaction in
            guard let record = try await Games.lock(game, of: developer, by: transaction),
                let channel = try await self.channel(name, of: game, in: transaction)
            else { return false }
            if name == .public { throw ReleasesError.channelInUse(name) }
            try await self.remove(channel, action: .delete, of: record, by: actor, reason: nil, in: transaction)
            return true
        }
    }

    /// Points a channel at an earlier version for everybody; what it leaves is kept to come back to.
    func turn(
        _ channel: Channel, back version: VersionRecord, action: ChannelEvent.Action, of game: GameRecord,
        by actor: Actor, reason: String?, in transaction: Transaction
    ) async throws -> Channel {
        let left = channel.version == version.id ? channel.previous : channel.version
        let row = try await transaction.row(
            """
            UPDATE channels
            SET version_id = \(version.id), previous_version_id = \(left), rollout_state = 'complete',
                rollout_percent = 100, revision = revision + 1
            WHERE game_id = \(game.id) AND name = \(channel.name.text)
            RETURNING \(Channel.columns)
            """)
        guard let turned = try row.map(Channel.init) else { throw PostgresError.unexpected("a held channel vanished") }
        try await self.settle(turned, instead: channel, of: game, in: transaction)
        try await self.record(action, turned, by: actor, reason: reason, in: transaction)
        try await self.tellDownload(turned, of: game, action: action, in: transaction)
        if channel.name == .public, game.status == .published {
            try await self.tellCatalog("game.updated", of: game, version: version, in: transaction)
        }
        return turned
    }

    func remove(
        _ channel: Channel, action: ChannelEvent.Action, of game: GameRecord, by actor: Actor, reason: String?,
        in transaction: Transaction
    ) async throws {
        try await transaction.execute("DELETE FROM channels WHERE game_id = \(game.id) AND name = \(channel.name.text)")
        try await self.settle(nil, instead: channel, of: game, in: transaction)
        try await self.record(action, channel, by: actor, reason: reason, in: transaction)
        try await self.tell(
            "channel.deleted", of: game,
            [("channel", .string(channel.name.text)), ("reason", .text(reason))], in: transaction)
    }

    private func require(_ revision: Int64?, of channel: Channel) throws(GamesError) {
        guard let revision, revision != channel.revision else { return }
        throw .stale(current: channel.revision)
    }

    private func requirePerson(for channel: ChannelName, _ actor: Actor) throws(ReleasesError) {
        if channel == .public, actor.isKey, !self.policy.keysMayPublishPublicly { throw .personNeeded(channel) }
    }
}
