public import Content
public import FoundationEssentials
import Postgres
public import Storefront

/// Which version who follows a line of releases gets: one row of `channels`.
public struct Channel: Equatable, Sendable {
    public let game: GameID
    public let developer: DeveloperID
    public let name: ChannelName
    public let version: VersionID
    /// What those get whom the rollout has not reached, and where a rollback leads.
    public let previous: VersionID?
    public let rollout: Rollout
    public let createdAt: Date
    public let updatedAt: Date
    /// Grows with every change.
    public let revision: Int64

    init(_ row: Row) throws {
        let (name, state): (String, String) = (try row("name"), try row("rollout_state"))
        guard let name = ChannelName(name), let state = RolloutState(rawValue: state) else {
            throw PostgresError.decoding(column: "rollout_state", expected: "a channel", got: state)
        }
        let percent: Int16 = try row("rollout_percent")
        self.game = try row("game_id")
        self.developer = try row("developer_id")
        self.name = name
        self.version = try row("version_id")
        self.previous = try row("previous_version_id")
        self.rollout = Rollout(state: state, percent: Int(percent))
        self.createdAt = try row("created_at")
        self.updatedAt = try row("updated_at")
        self.revision = try row("revision")
    }

    static let columns: SQL = """
        game_id, developer_id, name, version_id, previous_version_id, rollout_state, rollout_percent, created_at,
        updated_at, revision
        """

    /// The version that everybody got before this one came: what is kept when another one takes its place half way.
    var settled: VersionID? { self.rollout.state == .complete ? self.version : self.previous }
}

/// Something that happened to a channel.
public struct ChannelEvent: Sendable {
    public enum Action: String, CaseIterable, Sendable {
        case publish, rollout, halt, rollback, recall, delete
    }

    public let number: Int64
    public let action: Action
    public let version: VersionID
    public let previous: VersionID?
    public let percent: Int
    public let actor: String
    public let reason: String?
    public let at: Date

    init(_ row: Row) throws {
        let action: String = try row("action")
        guard let action = Action(rawValue: action) else {
            throw PostgresError.decoding(column: "action", expected: "an action", got: action)
        }
        let percent: Int16 = try row("rollout_percent")
        self.number = try row("history_id")
        self.action = action
        self.version = try row("version_id")
        self.previous = try row("previous_version_id")
        self.percent = Int(percent)
        self.actor = try row("actor")
        self.reason = try row("reason")
        self.at = try row("at")
    }
}
