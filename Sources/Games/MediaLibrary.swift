public import Content
import FoundationEssentials
public import Postgres
public import Storefront

/// Pictures and films of games: owner of `game_media`, and of `media_urls` in `game_metadata`, which lists those that are
/// ready.
public struct MediaLibrary: Sendable {
    let database: Database
    /// What the addresses of files begin with, such as `https://media.example.com/media/v1`; without a slash at its end.
    let base: String

    /// Media of one game, all kinds together, at most.
    public static let mostOfGame = 200

    public init(database: Database, base: String) {
        self.database = database
        self.base = base
    }

    /// Reserves a place at the end of its list.
    ///
    /// - Returns: nil when the company has no such game.
    /// - Throws: ``GamesError/tooManyMedia(limit:)``, or `PostgresError`.
    public func reserve(_ request: MediaRequest, for game: GameID, of developer: DeveloperID) async throws
        -> MediaRecord?
    {
        try await self.database.transaction { transaction in
            guard try await Games.lock(game, of: developer, by: transaction) != nil else { return nil }
            let count: Int64 =
                try await transaction.row("SELECT count(*) AS media FROM game_media WHERE game_id = \(game)")?("media")
                ?? 0
            guard count < Self.mostOfGame else { throw GamesError.tooManyMedia(limit: Self.mostOfGame) }
            let id = MediaID(UUID())
            let row = try await transaction.row(
                """
                INSERT INTO game_media
                    (media_id, game_id, developer_id, kind, format, file_name, file_size, alt, upload_key, position)
                SELECT \(id), \(game), \(developer), \(request.kind.rawValue), \(request.format.rawValue),
                       \(request.fileName), \(request.fileSize), \(request.alt), \("uploads/\(developer)/media/\(id)"),
                       coalesce(max(position) + 1, 0)
                FROM game_media WHERE game_id = \(game) AND kind = \(request.kind.rawValue)
                RETURNING \(MediaRecord.columns)
                """)
            return try row.map(MediaRecord.init)
        }
    }

    /// - Returns: by kind and position; nil when the company has no such game.
    public func list(of game: GameID, developer: DeveloperID, kind: MediaKind?) async throws -> [MediaRecord]? {
        guard try await Games.exists(game, of: developer, by: self.database) else { return nil }
        return try await self.database.rows(
            """
            SELECT \(MediaRecord.columns) FROM game_media
            WHERE game_id = \(game) AND (\(kind?.rawValue)::text IS NULL OR kind = \(kind?.rawValue)::text)
            ORDER BY kind, position, media_id LIMIT \(Self.mostOfGame)
            """
        ).map(MediaRecord.init)
    }

    /// - Returns: nil when it does not exist, or is another company's.
    public func media(_ id: MediaID, of game: GameID, developer: DeveloperID) async throws -> MediaRecord? {
        try await self.database.row(
            """
            SELECT \(MediaRecord.columns) FROM game_media
            WHERE media_id = \(id) AND game_id = \(game) AND developer_id = \(developer)
            """
        ).map(MediaRecord.init)
    }

    /// By its identifier alone, for the engine and for everybody who has its address.
    public func media(_ id: MediaID, in executor: some SQLExecutor) async throws -> MediaRecord? {
        try await executor.row("SELECT \(MediaRecord.columns) FROM game_media WHERE media_id = \(id)")
            .map(MediaRecord.init)
    }

    /// Changes the order, the text for readers, or both.
    ///
    /// - Parameters:
    ///   - position: where in its list it shall stand, from 0; the others move up.
    ///   - revision: the revision the caller saw; nil to change whatever is there.
    /// - Returns: nil when it does not exist, or is another company's.
    public func update(
        _ id: MediaID, of game: GameID, developer: DeveloperID, alt: Update<String>, position: Int?,
        ifRevision revision: Int64?
    ) async throws -> MediaRecord? {
        try await self.database.transaction { transaction in
            guard let current = try await self.lock(id, of: game, developer: developer, by: transaction) else {
                return nil
            }
            if let revision, revision != current.revision { throw GamesError.stale(current: current.revision) }
            let text = alt.applied(to: current.alt)
            if text != current.alt {
                try await transaction.execute(
                    "UPDATE game_media SET alt = \(text), revision = revision + 1 WHERE media_id = \(id)")
            }
            if let position { try await self.move(current, to: position, in: transaction) }
            try await self.link(game, in: transaction)
            return try await self.media(id, in: transaction)
        }
    }

    /// Takes a file out of the library.
    ///
    /// - Returns: keys of objects that nobody needs any more; nil when it does not exist, or is another company's.
    /// - Throws: `InvalidTransition` while it is being processed, or `PostgresError`.
    public func remove(
        _ id: MediaID, of game: GameID, developer: DeveloperID, in transaction: Transaction
    ) async throws -> [String]? {
        guard let current = try await self.lock(id, of: game, developer: developer, by: transaction) else { return nil }
        _ = try current.state.applying(.delete)
        try await transaction.execute("DELETE FROM game_media WHERE media_id = \(id)")
        try await self.link(game, in: transaction)
        return [current.uploadKey] + (current.file.map { [$0.objectKey] } ?? [])
    }

    /// Takes out what was reserved and never came.
    ///
    /// - Returns: keys of uploads that may have begun; at most 100.
    public func removeAbandoned(after age: Duration, in transaction: Transaction) async throws(PostgresError)
        -> [String]
    {
        try await transaction.rows(
            """
            DELETE FROM game_media
            WHERE media_id IN (
                SELECT media_id FROM game_media
                WHERE state = 'reserved' AND created_at < now() - \(age)
                ORDER BY created_at LIMIT 100 FOR UPDATE SKIP LOCKED)
            RETURNING upload_key
            """
        ).map { row throws(PostgresError) in try row("upload_key") }
    }

    /// The game's row first, as every writer of its page does.
    private func lock(
        _ id: MediaID, of game: GameID, developer: DeveloperID, by transaction: Transaction
    ) async throws -> MediaRecord? {
        guard try await Games.lock(game, of: developer, by: transaction) != nil else { return nil }
        return try await transaction.row(
            "SELECT \(MediaRecord.columns) FROM game_media WHERE media_id = \(id) AND game_id = \(game) FOR UPDATE"
        ).map(MediaRecord.init)
    }

    /// Counts the list anew, with the file at its new place.
    private func move(_ media: MediaRecord, to position: Int, in transaction: Transaction) async throws(PostgresError) {
        let others = try await transaction.rows(
            """
            SELECT media_id FROM game_media
            WHERE game_id = \(media.game) AND kind = \(media.kind.rawValue) AND media_id <> \(media.id)
            ORDER BY position, media_id
            """)
        var order: [MediaID] = try others.map { row throws(PostgresError) in try row("media_id") }
        order.insert(media.id, at: min(max(position, 0), order.count))
        try await transaction.execute(
            """
            UPDATE game_media AS media SET position = place.number - 1, revision = revision + 1
            FROM unnest(\(order)::uuid[]) WITH ORDINALITY AS place (media_id, number)
            WHERE media.media_id = place.media_id AND media.position <> place.number - 1
            """)
    }
}
