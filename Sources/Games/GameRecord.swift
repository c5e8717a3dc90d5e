public import Content
public import FoundationEssentials
public import Postgres
public import Storefront

/// A product of a company: one row of `games`.
public struct GameRecord: Equatable, Sendable {
    public let id: GameID
    public let developer: DeveloperID
    public let title: String
    public let status: GameStatus
    public let createdAt: Date
    public let updatedAt: Date
    /// The first time it was on the shop; nil while it never was.
    public let publishedAt: Date?
    /// Since when it is off the shop; nil while it is on it, and while it never was.
    public let unpublishedAt: Date?
    /// Grows with every change.
    public let revision: Int64
    /// Where it stands in a list.
    public let position: GamePosition

    init(_ row: Row) throws(PostgresError) {
        self.id = try row("game_id")
        self.developer = try row("developer_id")
        self.title = try row("title")
        let status: String = try row("status")
        guard let known = GameStatus(rawValue: status) else {
            throw .decoding(column: "status", expected: "GameStatus", got: status)
        }
        self.status = known
        self.createdAt = try row("created_at")
        self.updatedAt = try row("updated_at")
        self.publishedAt = try row("published_at")
        self.unpublishedAt = try row("unpublished_at")
        self.revision = try row("revision")
        self.position = try GamePosition(row, id: self.id)
    }

    static let columns: SQL = """
        game_id, developer_id, title, status, created_at, updated_at, published_at, unpublished_at, revision,
        \(ListPositions.column(of: "created_at"))
        """
}

extension GameRecord {
    /// What the audit log compares.
    var audited: JSONObject {
        JSONObject([("title", .string(self.title)), ("status", .string(self.status.rawValue))])
    }
}

/// A place in the list of games.
public typealias GamePosition = ListPosition<GameID>
