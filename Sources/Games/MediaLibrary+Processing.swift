public import Content
public import Postgres
public import Storefront

extension MediaLibrary {
    /// Records that the upload is there and which job takes it on.
    ///
    /// - Parameter enqueue: enqueues the job in the given transaction and returns its number; called at most once for
    ///   one upload, however often this is.
    /// - Returns: nil when it does not exist, or is another company's.
    /// - Throws: `InvalidTransition` when it failed.
    public func complete(
        _ id: MediaID, of game: GameID, developer: DeveloperID,
        enqueue: (MediaRecord, Transaction) async throws -> Int64
    ) async throws -> MediaRecord? {
        try await self.database.transaction { transaction in
            let row = try await transaction.row(
                """
                SELECT \(MediaRecord.columns) FROM game_media
                WHERE media_id = \(id) AND game_id = \(game) AND developer_id = \(developer) FOR UPDATE
                """)
            guard let current = try row.map(MediaRecord.init) else { return nil }
            switch current.state {
            case .uploaded, .processing, .ready: return current
            case .reserved, .failed, .deleted: _ = try current.state.applying(.complete)
            }
            let job = try await enqueue(current, transaction)
            try await transaction.execute(
                """
                UPDATE game_media SET state = 'uploaded', job_id = \(job), revision = revision + 1
                WHERE media_id = \(id)
                """)
            return try await self.media(id, in: transaction)
        }
    }

    /// Records that a worker has begun.
    ///
    /// - Returns: nil when there is nothing to do: it is gone, or ended already.
    public func begin(_ id: MediaID) async throws -> MediaRecord? {
        try await self.database.row(
            """
            UPDATE game_media SET state = 'processing'
            WHERE media_id = \(id) AND state IN ('uploaded', 'processing')
            RETURNING \(MediaRecord.columns)
            """
        ).map(MediaRecord.init)
    }

    /// Records the cleaned file and links it into the store page.
    ///
    /// - Returns: false when it is no longer being processed; then the caller must not commit.
    public func finish(_ media: MediaRecord, _ file: MediaFile, in transaction: Transaction) async throws -> Bool {
        guard try await Games.lock(media.game, of: media.developer, by: transaction) != nil else { return false }
        let finished = try await transaction.execute(
            """
            UPDATE game_media
            SET state = 'ready', object_key = \(file.objectKey), digest = \(file.digest), size = \(file.size),
                width = \(file.width.map(Int32.init)), height = \(file.height.map(Int32.init)),
                revision = revision + 1, finished_at = clock_timestamp()
            WHERE media_id = \(media.id) AND state = 'processing'
            """)
        guard finished == 1 else { return false }
        try await self.link(media.game, in: transaction)
        return true
    }

    /// Records why it is not taken; false when it ended already.
    ///
    /// - Parameter failure: a JSON object with `code`, `message` and more.
    public func fail(
        _ id: MediaID, because failure: JSONValue, in transaction: Transaction
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            UPDATE game_media
            SET state = 'failed', failure = \(failure.description)::jsonb, revision = revision + 1,
                finished_at = clock_timestamp()
            WHERE media_id = \(id) AND state IN ('uploaded', 'processing')
            """) == 1
    }

    /// Fails files that are being processed though no job of theirs waits or runs: the net under every promise above.
    ///
    /// A job that somebody cancelled leaves such a file.
    ///
    /// - Returns: how many; at most 100.
    @discardableResult
    public func failOrphans() async throws(PostgresError) -> Int {
        let failure: JSONValue = [
            "code": "cancelled", "message": "no job is left to finish this file", "retryable": false,
            "hint": "delete it and send it again",
        ]
        return try await self.database.execute(
            """
            UPDATE game_media
            SET state = 'failed', failure = \(failure.description)::jsonb, revision = revision + 1,
                finished_at = clock_timestamp()
            WHERE media_id IN (
                SELECT media_id FROM game_media AS media
                WHERE media.state IN ('uploaded', 'processing') AND media.updated_at < now() - interval '1 minute'
                  AND NOT EXISTS (
                      SELECT FROM job_status AS job
                      WHERE job.scope = media.media_id
                        AND job.state IN ('scheduled', 'available', 'running', 'retryable'))
                ORDER BY media.updated_at LIMIT 100 FOR UPDATE SKIP LOCKED)
            """)
    }

    /// Where everybody gets a file that is ready.
    public func url(of media: MediaRecord) -> String? {
        media.file.map { "\(self.base)/\(media.id)/\($0.digest).\(media.format.fileExtension)" }
    }

    /// Lists the files that are ready in `media_urls`, in their order.
    ///
    /// The caller holds the game's row.
    func link(_ game: GameID, in transaction: Transaction) async throws {
        let ready = try await transaction.rows(
            """
            SELECT \(MediaRecord.columns) FROM game_media
            WHERE game_id = \(game) AND state = 'ready'
            ORDER BY kind, position, media_id LIMIT \(Self.mostOfGame)
            """
        ).map(MediaRecord.init)
        var lists = Listing.emptyMedia
        for kind in MediaKind.allCases {
            let urls = ready.filter { $0.kind == kind }.compactMap(self.url)
            if !urls.isEmpty { lists[kind.listName] = .array(urls.map { .string($0) }) }
        }
        let text = JSONValue.object(lists).description
        try await transaction.execute(
            """
            INSERT INTO game_metadata AS page (game_id, media_urls)
            SELECT \(game), \(text)::jsonb
            WHERE \(!ready.isEmpty) OR EXISTS (SELECT FROM game_metadata WHERE game_id = \(game))
            ON CONFLICT (game_id) DO UPDATE SET media_urls = EXCLUDED.media_urls, revision = page.revision + 1
            WHERE page.media_urls IS DISTINCT FROM EXCLUDED.media_urls
            """)
    }
}
