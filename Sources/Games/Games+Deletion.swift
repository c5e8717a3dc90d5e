public import Content
import Platform
import Postgres
import Storefront

extension Games {
    /// Deletes a game that was never published and is not being judged, with its versions and what they have in the store.
    ///
    /// In two transactions, the objects at the end of the second: a crash in between leaves a game that can be deleted
    /// again, and nothing in the store that no row knows of.
    ///
    /// - Returns: false when it does not exist, or is another company's.
    /// - Throws: ``GamesError``, `PostgresError`, or what `removal` throws. The game is there then.
    public func delete(
        _ id: GameID, of developer: DeveloperID, removal: some GameRemoval
    ) async throws -> Bool {
        do {
            let isFound = try await self.database.transaction { transaction in
                guard let versions = try await Self.versions(of: id, developer, ifDeletableBy: transaction) else {
                    return false
                }
                for version in versions { try await removal.condemn(version, in: transaction) }
                return true
            }
            guard isFound else { return false }
            return try await self.database.transaction { transaction in
                guard let versions = try await Self.versions(of: id, developer, ifDeletableBy: transaction) else {
                    return false
                }
                var objects = try await Self.objects(of: id, by: transaction)
                let uploads = try await Self.openUploads(of: id, by: transaction)
                for version in versions { objects += try await removal.release(version, in: transaction) }
                try await transaction.execute("DELETE FROM games WHERE game_id = \(id) AND developer_id = \(developer)")
                try await AuditLog.append(
                    AuditEntry(developer: developer, action: "game.deleted", target: "game/\(id)"), in: transaction)
                try await removal.erase(objects: objects, uploads: uploads)
                return true
            }
        } catch let error as PostgresError {
            guard case .server(let fault) = error, fault.sqlState == .foreignKeyViolation else { throw error }
            throw GamesError.inUse(constraint: fault.constraint)
        }
    }

    /// The versions of a game that may vanish, the game locked; nil when there is no such game.
    private static func versions(
        of id: GameID, _ developer: DeveloperID, ifDeletableBy transaction: Transaction
    ) async throws -> [VersionID]? {
        guard let current = try await Self.lock(id, of: developer, by: transaction) else { return nil }
        guard current.status.isDeletable else { throw GamesError.notDeletable(current.status) }
        let rows = try await transaction.rows(
            """
            SELECT version_id, version_string, status IN ('uploaded', 'processing') AS is_busy
            FROM game_versions WHERE game_id = \(id)
            ORDER BY version_id
            """)
        let busy = try rows.filter { try $0("is_busy") }
        guard busy.isEmpty else {
            throw GamesError.buildsInProgress(versions: try busy.prefix(20).map { try $0("version_string") })
        }
        return try rows.map { try $0("version_id") }
    }

    private static func objects(of id: GameID, by transaction: Transaction) async throws(PostgresError) -> [String] {
        try await transaction.rows(
            """
            WITH version AS (SELECT version_id, s3_path FROM game_versions WHERE game_id = \(id))
            SELECT s3_path AS object_key FROM version
            UNION
            SELECT upload.object_key FROM upload_sessions AS upload JOIN version USING (version_id)
            UNION
            SELECT manifest.object_key FROM manifests AS manifest JOIN version USING (version_id)
            UNION
            SELECT patch.object_key FROM patches AS patch
            JOIN version ON version.version_id IN (patch.to_version, patch.from_version)
            WHERE patch.object_key IS NOT NULL
            UNION
            SELECT upload_key FROM game_media WHERE game_id = \(id)
            UNION
            SELECT object_key FROM game_media WHERE game_id = \(id) AND object_key IS NOT NULL
            ORDER BY object_key
            """
        ).map { row throws(PostgresError) in try row("object_key") }
    }

    private static func openUploads(
        of id: GameID, by transaction: Transaction
    ) async throws(PostgresError) -> [OpenUpload] {
        try await transaction.rows(
            """
            SELECT upload.object_key, upload.store_upload FROM upload_sessions AS upload
            JOIN game_versions USING (version_id)
            WHERE game_id = \(id) AND upload.state = 'open' AND upload.store_upload IS NOT NULL
            ORDER BY upload.upload_id
            """
        ).map { row throws(PostgresError) in OpenUpload(key: try row("object_key"), id: try row("store_upload")) }
    }
}
