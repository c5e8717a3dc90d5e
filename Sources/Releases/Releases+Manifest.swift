public import Content
import Postgres
public import Storefront

/// What Download Service gives to one player.
public struct ChannelAnswer: Sendable {
    public let channel: Channel
    public let version: VersionID
    /// Whether it is the newer one of a channel that has two.
    public let isNewer: Bool
    /// Where the content is: path, hash, size.
    public let content: JSONValue
}

extension Releases {
    /// Which version of a channel a player gets: the same answer by every server, as long as the channel stays as it is.
    ///
    /// - Parameters:
    ///   - player: any stable name of the player; nil for nobody in particular.
    ///   - installed: what the player has already: a halted rollout takes it from nobody.
    /// - Returns: nil when there is no such channel.
    public func answer(
        _ name: ChannelName, of game: GameID, player: String?, installed: VersionID?
    ) async throws -> ChannelAnswer? {
        guard let channel = try await self.channel(name, of: game, in: self.database) else { return nil }
        let getsNewer = channel.rollout.offersNewer(
            to: player, seed: "\(game)/\(name)/\(channel.version)", hasNewer: installed == channel.version)
        let version = getsNewer ? channel.version : channel.previous ?? channel.version
        return ChannelAnswer(
            channel: channel, version: version, isNewer: version == channel.version,
            content: try await self.content(of: version, in: self.database))
    }
}
