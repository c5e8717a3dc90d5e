public import Content
public import FoundationEssentials
public import Postgres

/// What a player wrote about a game, and what the studio answered: one row of `player_reviews`.
public struct PlayerReview: Equatable, Sendable {
    public struct Reply: Equatable, Sendable {
        public let text: String
        /// Who answered, for records.
        public let by: String
        public let at: Date
    }

    public let text: PlayerReviewText
    public let game: GameID
    public let developer: DeveloperID
    public let reply: Reply?
    /// Grows with every change.
    public let revision: Int64
    /// Where it stands in a list.
    public let position: PlayerReviewPosition

    init(_ row: Row) throws(PostgresError) {
        let minutes: Int32? = try row("playtime_minutes")
        self.text = PlayerReviewText(
            id: try row("review_id"), author: try row("author_name"), isPositive: try row("is_positive"),
            body: try row("body"), language: try row("language"), playtimeMinutes: minutes.map(Int.init),
            writtenAt: try row("written_at"))
        self.game = try row("game_id")
        self.developer = try row("developer_id")
        let reply: String? = try row("reply"), by: String? = try row("replied_by"), at: Date? = try row("replied_at")
        self.reply = reply.flatMap { text in at.map { Reply(text: text, by: by ?? "", at: $0) } }
        self.revision = try row("revision")
        self.position = try PlayerReviewPosition(row, id: self.text.id)
    }

    static let columns: SQL = """
        game_id, review_id, developer_id, author_name, is_positive, body, language, playtime_minutes, written_at, reply,
        replied_by, replied_at, revision, \(ListPositions.column(of: "written_at"))
        """
}

/// The player's part of it.
public struct PlayerReviewText: Equatable, Sendable {
    /// Catalog Service's own.
    public let id: String
    public let author: String
    public let isPositive: Bool
    public let body: String
    /// BCP 47.
    public let language: String?
    public let playtimeMinutes: Int?
    public let writtenAt: Date

    public init(
        id: String, author: String, isPositive: Bool, body: String, language: String?, playtimeMinutes: Int?,
        writtenAt: Date
    ) {
        self.id = id
        self.author = author
        self.isPositive = isPositive
        self.body = body
        self.language = language
        self.playtimeMinutes = playtimeMinutes
        self.writtenAt = writtenAt
    }
}

/// A place in the list of reviews.
public typealias PlayerReviewPosition = ListPosition<String>
