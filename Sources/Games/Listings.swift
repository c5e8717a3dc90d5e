public import Content
public import Postgres
import Storefront

/// Store pages: owner of `game_metadata`.
///
/// Every writer of one game's page holds the game's row, so that there is one page, and the last of two writers sees what
/// the first one wrote.
public struct Listings: Sendable {
    let database: Database

    public init(database: Database) { self.database = database }

    /// - Returns: the empty page when nobody has written anything; nil when the company has no such game.
    public func listing(of game: GameID, developer: DeveloperID) async throws -> Listing? {
        let row = try await self.database.row(
            """
            SELECT page.* FROM games AS game
            LEFT JOIN (SELECT \(Listing.columns) FROM game_metadata WHERE game_id = \(game)) AS page ON true
            WHERE game.game_id = \(game) AND game.developer_id = \(developer)
            """)
        guard let row else { return nil }
        guard try row("game_id", as: GameID?.self) != nil else { return Listing(emptyFor: game) }
        return try Listing(row)
    }

    /// Changes the page; what is kept stays as it is.
    ///
    /// - Parameters:
    ///   - revision: the revision the caller saw; nil to change whatever is there.
    ///   - recording: what else happens in the same transaction; given the page before and after, only if they differ.
    /// - Returns: nil when the company has no such game.
    /// - Throws: ``GamesError/stale(current:)``, `PostgresError`, or what `recording` throws. Nothing is changed then.
    public func update(
        _ game: GameID, of developer: DeveloperID, _ change: ListingChange, ifRevision revision: Int64?,
        recording: (_ before: Listing, _ after: Listing, Transaction) async throws -> Void
    ) async throws -> Listing? {
        try await self.database.transaction { transaction in
            guard try await Games.lock(game, of: developer, by: transaction) != nil else { return nil }
            let current = try await Self.listing(of: game, by: transaction)
            if let revision, revision != current.revision { throw GamesError.stale(current: current.revision) }
            let requirements = change.systemRequirements.applied(to: current.systemRequirements)
            let tags = change.tags.applied(to: current.tags) ?? []
            let genres = change.genres.applied(to: current.genres) ?? []
            let rating = change.ageRating.applied(to: current.ageRating)
            let foreign = current.foreignRatings.merging(change.foreignRatings.compactMapValues { $0 }) { $1 }
                .filter { change.foreignRatings[$0.key].map { $0 != nil } ?? true }
            let foreignJSON = JSONValue.object(
                JSONObject(
                    foreign.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key.rawValue, .string($0.value)) }))
            let row = try await transaction.row(
                """
                INSERT INTO game_metadata AS page
                    (game_id, description, short_description, system_requirements, tags, genres, age_rating,
                     foreign_ratings)
                VALUES (\(game), \(change.description.applied(to: current.description)),
                        \(change.shortDescription.applied(to: current.shortDescription)),
                        \(requirements?.description)::jsonb, \(tags)::text[], \(genres)::text[], \(rating?.rawValue),
                        \(foreignJSON.description)::jsonb)
                ON CONFLICT (game_id) DO UPDATE
                SET description = EXCLUDED.description, short_description = EXCLUDED.short_description,
                    system_requirements = EXCLUDED.system_requirements, tags = EXCLUDED.tags, genres = EXCLUDED.genres,
                    age_rating = EXCLUDED.age_rating, foreign_ratings = EXCLUDED.foreign_ratings,
                    revision = page.revision + 1
                WHERE (page.description, page.short_description, page.system_requirements, page.tags, page.genres,
                       page.age_rating, page.foreign_ratings)
                    IS DISTINCT FROM
                      (EXCLUDED.description, EXCLUDED.short_description, EXCLUDED.system_requirements, EXCLUDED.tags,
                       EXCLUDED.genres, EXCLUDED.age_rating, EXCLUDED.foreign_ratings)
                RETURNING \(Listing.columns)
                """)
            guard let row else { return current }
            let changed = try Listing(row)
            try await recording(current, changed, transaction)
            return changed
        }
    }

    /// The page as it is in a transaction, empty or not.
    public static func listing(of game: GameID, by executor: some SQLExecutor) async throws -> Listing {
        let row = try await executor.row("SELECT \(Listing.columns) FROM game_metadata WHERE game_id = \(game)")
        return try row.map(Listing.init) ?? Listing(emptyFor: game)
    }
}
