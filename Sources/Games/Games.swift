public import Content
import Platform
public import Postgres
public import Storefront

/// Games: owner of `games`.
///
/// Another company's game is no game at all here.
public struct Games: Sendable {
    let database: Database

    public init(database: Database) { self.database = database }

    /// - Parameter title: 1 to 255 characters.
    /// - Returns: a draft.
    public func create(title: String, for developer: DeveloperID) async throws(PostgresError) -> GameRecord {
        try await self.database.transaction { transaction throws(PostgresError) in
            let row = try await transaction.row(
                """
                INSERT INTO games (developer_id, title) VALUES (\(developer), \(title))
                RETURNING \(GameRecord.columns)
                """)
            guard let row else { throw .unexpected("INSERT … RETURNING gave no row") }
            let game = try GameRecord(row)
            try await AuditLog.append(
                AuditEntry(
                    developer: developer, action: "game.created", target: "game/\(game.id)",
                    after: .object(game.audited)), in: transaction)
            return game
        }
    }

    /// The company's games, newest first.
    ///
    /// - Parameters:
    ///   - titlePart: text the title must contain, in any case; nil for all.
    ///   - games: the only ones of interest; nil for all.
    ///   - after: the position of the last game of the page before.
    ///   - limit: 1 or more.
    public func list(
        of developer: DeveloperID, status: GameStatus?, titlePart: String?, games: Set<GameID>? = nil,
        after: GamePosition?, limit: Int
    ) async throws(PostgresError) -> [GameRecord] {
        var conditions: SQL = "developer_id = \(developer)"
        if let status { conditions = "\(conditions) AND status = \(status.rawValue)" }
        if let titlePart { conditions = "\(conditions) AND title ILIKE \(Self.pattern(containing: titlePart))" }
        if let games { conditions = "\(conditions) AND game_id = ANY (\(games.sorted())::uuid[])" }
        if let after {
            conditions = "\(conditions) AND \(after.isBefore(time: "created_at", id: "game_id"))"
        }
        return try await self.database.rows(
            """
            SELECT \(GameRecord.columns) FROM games
            WHERE \(conditions)
            ORDER BY created_at DESC, game_id
            LIMIT \(limit)
            """
        ).map { row throws(PostgresError) in try GameRecord(row) }
    }

    /// - Returns: nil when it does not exist, or is another company's.
    public func game(_ id: GameID, of developer: DeveloperID) async throws(PostgresError) -> GameRecord? {
        try await self.database.row(
            "SELECT \(GameRecord.columns) FROM games WHERE game_id = \(id) AND developer_id = \(developer)"
        ).map { row throws(PostgresError) in try GameRecord(row) }
    }

    /// Changes the title, the status, or both at once.
    ///
    /// - Parameters:
    ///   - status: what a client may set it to; see `GameStatus.event(settingTo:)`.
    ///   - revision: the revision the caller saw; nil to change whatever is there.
    ///   - recording: what else the change means; in its transaction, and only if there is one.
    /// - Returns: nil when it does not exist, or is another company's.
    /// - Throws: ``GamesError/stale(current:)``, `InvalidTransition`, or `PostgresError`. Nothing is changed then.
    public func update(
        _ id: GameID, of developer: DeveloperID, title: String?, status: GameStatus?, ifRevision revision: Int64?,
        recording: (_ before: GameRecord, _ after: GameRecord, Transaction) async throws -> Void
    ) async throws -> GameRecord? {
        try await self.database.transaction { transaction -> GameRecord? in
            guard let current = try await Self.lock(id, of: developer, by: transaction) else { return nil }
            if let revision, revision != current.revision { throw GamesError.stale(current: current.revision) }
            let event = try status.flatMap { try current.status.event(settingTo: $0) }
            let next = try event.map { try current.status.applying($0) } ?? current.status
            if next == current.status, title == nil || title == current.title { return current }
            let row = try await transaction.row(
                """
                UPDATE games
                SET title = coalesce(\(title), title), status = \(next.rawValue), revision = revision + 1
                WHERE game_id = \(id) AND developer_id = \(developer)
                RETURNING \(GameRecord.columns)
                """)
            guard let changed = try row.map(GameRecord.init) else { return nil }
            try await AuditLog.append(
                AuditEntry(
                    developer: developer, action: "game.changed", target: "game/\(id)", from: current.audited,
                    to: changed.audited), in: transaction)
            try await recording(current, changed, transaction)
            return changed
        }
    }

    /// Moves the game's status on; the caller holds its row.
    ///
    /// The first publication is remembered for ever, and since when the game is off the shop until it is on it again.
    ///
    /// - Throws: `InvalidTransition`, or `PostgresError`.
    @discardableResult
    public static func move(
        _ game: GameRecord, on event: GameStatus.Event, in transaction: Transaction
    ) async throws -> GameRecord {
        let next = try game.status.applying(event)
        guard next != game.status else { return game }
        let row = try await transaction.row(
            """
            UPDATE games
            SET status = \(next.rawValue), revision = revision + 1,
                published_at = CASE WHEN \(event == .publish) THEN coalesce(published_at, now()) ELSE published_at END,
                unpublished_at = CASE
                    WHEN \(event == .publish) THEN NULL
                    WHEN \(event == .unpublish) THEN now()
                    ELSE unpublished_at END
            WHERE game_id = \(game.id)
            RETURNING \(GameRecord.columns)
            """)
        guard let row else { throw PostgresError.unexpected("a locked game vanished") }
        return try GameRecord(row)
    }

    /// Whether the company has the game.
    static func exists(
        _ id: GameID, of developer: DeveloperID, by executor: some SQLExecutor
    ) async throws(PostgresError) -> Bool {
        try await executor.row("SELECT FROM games WHERE game_id = \(id) AND developer_id = \(developer)") != nil
    }

    /// Locks a game: whoever changes what belongs to it does so first, so that all writers of one game take turns.
    ///
    /// `FOR UPDATE`, so that nobody adds a version meanwhile.
    ///
    /// - Returns: nil when it does not exist, or is another company's.
    public static func lock(
        _ id: GameID, of developer: DeveloperID, by transaction: Transaction
    ) async throws(PostgresError) -> GameRecord? {
        try await transaction.row(
            """
            SELECT \(GameRecord.columns) FROM games
            WHERE game_id = \(id) AND developer_id = \(developer)
            FOR UPDATE
            """
        ).map { row throws(PostgresError) in try GameRecord(row) }
    }

    /// Locks a game by its identifier alone, for the engine.
    static func lock(_ id: GameID, by transaction: Transaction) async throws(PostgresError) -> GameRecord? {
        try await transaction.row("SELECT \(GameRecord.columns) FROM games WHERE game_id = \(id) FOR UPDATE")
            .map { row throws(PostgresError) in try GameRecord(row) }
    }

    /// A pattern for `LIKE` whose wildcards are nothing but characters.
    private static func pattern(containing part: String) -> String {
        var pattern = "%"
        for character in part.unicodeScalars {
            if character == "%" || character == "_" || character == "\\" { pattern += "\\" }
            pattern.unicodeScalars.append(character)
        }
        return pattern + "%"
    }
}
