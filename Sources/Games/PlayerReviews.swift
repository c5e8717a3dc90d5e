public import Content
import FoundationEssentials
public import Postgres

/// What players say and what studios answer: owner of `player_reviews`.
public struct PlayerReviews: Sendable {
    private let database: Database

    public init(database: Database) { self.database = database }

    /// What became of a review that was told.
    public enum Recorded: Equatable, Sendable {
        case new(PlayerReview)
        /// It was known; its text is what the player says now, and the answer stays.
        case known(PlayerReview)
    }

    /// Takes in what a player wrote or rewrote.
    ///
    /// - Parameter telling: what else happens in the same transaction for a review nobody knew.
    /// - Returns: nil when there is no such game.
    public func record(
        _ text: PlayerReviewText, of game: GameID,
        telling: @Sendable (PlayerReview, Transaction) async throws -> Void
    ) async throws -> Recorded? {
        try await self.database.transaction { transaction in
            let row = try await transaction.row(
                """
                INSERT INTO player_reviews AS review
                    (game_id, review_id, developer_id, author_name, is_positive, body, language, playtime_minutes,
                     written_at)
                SELECT game_id, \(text.id), developer_id, \(text.author), \(text.isPositive), \(text.body),
                       \(text.language), \(text.playtimeMinutes.map(Int32.init)), \(text.writtenAt)
                FROM games WHERE game_id = \(game)
                ON CONFLICT (game_id, review_id) DO UPDATE
                SET author_name = EXCLUDED.author_name, is_positive = EXCLUDED.is_positive, body = EXCLUDED.body,
                    language = EXCLUDED.language, playtime_minutes = EXCLUDED.playtime_minutes,
                    written_at = EXCLUDED.written_at, revision = review.revision + 1
                RETURNING \(PlayerReview.columns), xmax = 0 AS is_new
                """)
            guard let row else { return nil }
            let review = try PlayerReview(row)
            guard try row("is_new", as: Bool.self) else { return .known(review) }
            try await telling(review, transaction)
            return .new(review)
        }
    }

    /// One page, newest first.
    ///
    /// - Parameters:
    ///   - unanswered: whether only those without an answer are wanted.
    ///   - after: the last one of the page before.
    ///   - limit: 1 or more.
    public func list(
        of game: GameID, developer: DeveloperID, unanswered: Bool, after: PlayerReviewPosition?, limit: Int
    ) async throws(PostgresError) -> [PlayerReview] {
        var conditions: SQL = "game_id = \(game) AND developer_id = \(developer)"
        if unanswered { conditions = "\(conditions) AND reply IS NULL" }
        if let after {
            conditions = "\(conditions) AND \(after.isBefore(time: "written_at", id: "review_id"))"
        }
        return try await self.database.rows(
            """
            SELECT \(PlayerReview.columns) FROM player_reviews
            WHERE \(conditions)
            ORDER BY written_at DESC, review_id LIMIT \(limit)
            """
        ).map { row throws(PostgresError) in try PlayerReview(row) }
    }

    /// Answers a review; nil takes the answer back.
    ///
    /// - Parameter telling: what else happens in the same transaction; not called when nothing changes.
    /// - Returns: nil when there is no such review, or it is about another company's game.
    public func reply(
        _ text: String?, to id: String, of game: GameID, developer: DeveloperID, by actor: String,
        telling: @Sendable (PlayerReview, Transaction) async throws -> Void
    ) async throws -> PlayerReview? {
        try await self.database.transaction { transaction in
            let found = try await transaction.row(
                """
                SELECT \(PlayerReview.columns) FROM player_reviews
                WHERE game_id = \(game) AND review_id = \(id) AND developer_id = \(developer) FOR NO KEY UPDATE
                """)
            guard let found else { return nil }
            let current = try PlayerReview(found)
            if current.reply?.text == text { return current }
            let row = try await transaction.row(
                """
                UPDATE player_reviews
                SET reply = \(text), replied_by = CASE WHEN \(text)::text IS NOT NULL THEN \(actor) END,
                    replied_at = CASE WHEN \(text)::text IS NOT NULL THEN now() END, revision = revision + 1
                WHERE game_id = \(game) AND review_id = \(id)
                RETURNING \(PlayerReview.columns)
                """)
            guard let row else { throw PostgresError.unexpected("a locked review vanished") }
            let changed = try PlayerReview(row)
            try await telling(changed, transaction)
            return changed
        }
    }
}
