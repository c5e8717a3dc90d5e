import BuildStore
public import Content
import FoundationEssentials
import Games
import Platform
public import Postgres
import Storefront

/// What the other services hear.
extension Releases {
    func tell(
        _ type: String, of game: GameRecord, _ data: [(String, JSONValue)], in transaction: Transaction
    ) async throws {
        var object = JSONObject([("game_id", .string(game.id.description))] + data)
        try await self.events.tell(
            OutgoingEvent(
                type: type, developer: game.developer, aggregate: "game/\(game.id)",
                json: JSONValue.object(object).description),
            in: transaction)
        // Who did it and what it was about; the whole page stands elsewhere.
        object["listing"] = nil
        try await AuditLog.append(
            AuditEntry(developer: game.developer, action: type, target: "game/\(game.id)", after: .object(object)),
            in: transaction)
    }

    /// Everything that Catalog Service shows: metadata, prices, media.
    func tellCatalog(
        _ type: String, of game: GameRecord, version: VersionRecord, in transaction: Transaction
    ) async throws {
        try await self.tell(
            type, of: game,
            [
                ("version_id", .string(version.id.description)), ("version_string", .string(version.versionString)),
                ("listing", try await StorePage.json(of: game, in: transaction)),
            ],
            in: transaction)
    }

    /// Everything that Download Service needs to serve a channel.
    func tellDownload(
        _ channel: Channel, of game: GameRecord, action: ChannelEvent.Action, in transaction: Transaction
    ) async throws {
        let previous: JSONValue
        if let id = channel.previous, channel.rollout.state != .complete {
            previous = try await self.content(of: id, in: transaction)
        } else {
            previous = .null
        }
        try await self.tell(
            "channel.changed", of: game,
            [
                ("channel", .string(channel.name.text)), ("action", .string(action.rawValue)),
                ("version", try await self.content(of: channel.version, in: transaction)),
                ("previous_version", previous), ("rollout_percent", .integer(channel.rollout.percent)),
                ("rollout_state", .string(channel.rollout.state.rawValue)), ("revision", .integer(channel.revision)),
            ],
            in: transaction)
    }

    /// Where a version's content is: path, hash, size.
    func content(of version: VersionID, in executor: some SQLExecutor) async throws -> JSONValue {
        guard let record = try await self.builds.version(version, in: executor) else { return .null }
        return [
            "version_id": .string(record.id.description), "version_string": .string(record.versionString),
            "s3_path": .string(record.s3Path), "manifest_digest": .text(record.manifestDigest?.description),
            "file_hash": .text(record.fileHash), "file_size": .integer(record.fileSize),
        ]
    }
}

extension Releases {
    /// Tells Catalog Service that the store page of a game changed, if the shop shows it.
    ///
    /// The caller holds the game's row.
    public func tellListingChanged(_ id: GameID, of developer: DeveloperID, in transaction: Transaction) async throws {
        guard let game = try await Games.lock(id, of: developer, by: transaction), game.status == .published,
            let channel = try await self.channel(.public, of: id, in: transaction),
            let version = try await self.builds.version(channel.version, in: transaction)
        else { return }
        try await self.tellCatalog("game.updated", of: game, version: version, in: transaction)
    }
}
