public import Content
public import FoundationEssentials
public import Games
import Postgres
public import Storefront

/// What a company wants to publish; what is nil is chosen.
public struct PublicationRequest: Equatable, Sendable {
    /// Nil for the version that moderation passed last.
    public var version: VersionID?
    public var channel: ChannelName
    /// 0 to 100; nil for everybody.
    public var percent: Int?
    /// Nil for now.
    public var at: Date?

    public init(version: VersionID? = nil, channel: ChannelName = .public, percent: Int? = nil, at: Date? = nil) {
        self.version = version
        self.channel = channel
        self.percent = percent
        self.at = at
    }
}

/// What became of it.
public enum PublicationOutcome: Sendable {
    /// Players have it.
    case published(GameRecord, Channel)
    /// They had it already; nothing was changed and nobody was told.
    case unchanged(GameRecord, Channel)
    /// They will.
    case scheduled(GameRecord, ScheduledPublication)
}

/// A publication that waits for its time: one row of `publications`.
public struct ScheduledPublication: Equatable, Sendable {
    public enum State: String, CaseIterable, Sendable {
        case scheduled, done, failed, cancelled
    }

    public let id: PublicationID
    public let game: GameID
    public let developer: DeveloperID
    public let channel: ChannelName
    public let version: VersionID
    public let percent: Int
    public let publishAt: Date
    public let state: State
    /// Why it failed.
    public let reason: String?
    public let requestedBy: String
    /// Whether its time has come, by the database's clock.
    public let isDue: Bool

    init(_ row: Row) throws {
        let (channel, state): (String, String) = (try row("channel"), try row("state"))
        guard let channel = ChannelName(channel), let state = State(rawValue: state) else {
            throw PostgresError.decoding(column: "state", expected: "a publication", got: state)
        }
        let percent: Int16 = try row("rollout_percent")
        self.id = try row("publication_id")
        self.game = try row("game_id")
        self.developer = try row("developer_id")
        self.channel = channel
        self.version = try row("version_id")
        self.percent = Int(percent)
        self.publishAt = try row("publish_at")
        self.state = state
        self.reason = try row("reason")
        self.requestedBy = try row("requested_by")
        self.isDue = try row("is_due")
    }

    static let columns: SQL = """
        publication_id, game_id, developer_id, channel, version_id, rollout_percent, publish_at, state, reason,
        requested_by, publish_at <= statement_timestamp() AS is_due
        """
}

public enum Publications {}
public typealias PublicationID = Identifier<Publications>
