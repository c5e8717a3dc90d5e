public import Content
import FoundationEssentials
public import Postgres

/// An object that nobody needs any more.
public struct GarbageObject: Sendable {
    public let id: Int64
    public let key: String
    /// The store's name for an upload to the key that was never completed.
    public let storeUpload: String?
}

/// Deleting versions, and what is left of them in the store.
///
/// A deleted version's row goes at once. What only it had in the store is written down in the same transaction and goes
/// later; packs, which versions share, are found by having no version left, and go in the two steps that
/// ``condemnUnheldPacks(limit:)`` and ``deleteCondemnedPacks(limit:erasing:)`` describe.
extension BuildStore {
    /// Writes objects down as garbage; they go by the next collection.
    public func discard(objects: [String], in transaction: Transaction) async throws(PostgresError) {
        try await transaction.execute(
            "INSERT INTO garbage_objects (object_key) SELECT * FROM unnest(\(objects)::text[])")
    }

    /// Deletes a version's row and all that hangs on it, and writes its objects down as garbage.
    ///
    /// The caller holds the game's row and has made sure that nobody counts on the version. Keys that carry a version's
    /// identifier are never used again, so their objects need no second look.
    ///
    /// - Returns: false when there is no such version.
    public func delete(_ version: VersionID, in transaction: Transaction) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            INSERT INTO garbage_objects (object_key, store_upload)
            SELECT s3_path, NULL FROM game_versions WHERE version_id = \(version)
            UNION
            SELECT object_key, CASE WHEN state = 'open' THEN store_upload END
            FROM upload_sessions WHERE version_id = \(version)
            UNION
            SELECT object_key, NULL FROM manifests WHERE version_id = \(version)
            UNION
            SELECT object_key, NULL FROM patches
            WHERE \(version) IN (to_version, from_version) AND object_key IS NOT NULL
            UNION
            SELECT object_key, NULL FROM patch_builds
            WHERE \(version) IN (to_version, from_version) AND object_key IS NOT NULL
            """)
        return try await transaction.execute("DELETE FROM game_versions WHERE version_id = \(version)") == 1
    }

    /// Versions that failed longer ago than that and were never opened again.
    ///
    /// - Returns: at most `limit`, the oldest first.
    public func failedVersions(olderThan age: Duration, limit: Int) async throws -> [VersionRecord] {
        try await self.database.rows(
            """
            SELECT \(VersionRecord.columns)
            FROM game_versions AS version JOIN games AS game USING (game_id)
            WHERE version.status = 'failed' AND version.finished_at < now() - \(age)
            ORDER BY version.finished_at LIMIT \(limit)
            """
        ).map(VersionRecord.init)
    }

    public func garbage(limit: Int) async throws(PostgresError) -> [GarbageObject] {
        try await self.database.rows(
            """
            SELECT garbage_id, object_key, store_upload FROM garbage_objects ORDER BY garbage_id LIMIT \(limit)
            """
        ).map { row throws(PostgresError) in
            GarbageObject(id: try row("garbage_id"), key: try row("object_key"), storeUpload: try row("store_upload"))
        }
    }

    /// Forgets garbage that is gone.
    public func forget(_ garbage: [GarbageObject]) async throws(PostgresError) {
        try await self.database.execute(
            "DELETE FROM garbage_objects WHERE garbage_id = ANY (\(garbage.map(\.id))::bigint[])")
    }

    /// First step: makes sure that nobody begins to count on packs that no version holds.
    ///
    /// Packs that somebody is binding at this moment are left for another time.
    ///
    /// - Returns: how many were condemned; at most `limit`.
    public func condemnUnheldPacks(limit: Int) async throws -> Int {
        try await self.database.transaction { transaction in
            let locked = try await transaction.rows(
                """
                SELECT pack_id FROM packs
                WHERE stored_at IS NOT NULL
                  AND NOT EXISTS (SELECT FROM version_packs WHERE version_packs.pack_id = packs.pack_id)
                ORDER BY pack_id LIMIT \(limit) FOR UPDATE SKIP LOCKED
                """)
            let candidates: [Int64] = try locked.map { try $0("pack_id") }
            // A statement of its own: it sees bindings that were committed between the search and the lock.
            let rows = try await transaction.rows(
                """
                UPDATE packs SET stored_at = NULL
                WHERE pack_id = ANY (\(candidates)::bigint[])
                  AND NOT EXISTS (SELECT FROM version_packs WHERE version_packs.pack_id = packs.pack_id)
                RETURNING pack_id
                """)
            let condemned: [Int64] = try rows.map { try $0("pack_id") }
            try await transaction.execute("DELETE FROM chunks WHERE pack_id = ANY (\(condemned)::bigint[])")
            return condemned.count
        }
    }

    /// Second step: deletes the rows of packs that are condemned and still nobody's, and their objects under the same lock.
    ///
    /// A build that wants to send a pack of the same name meanwhile waits for the row; it either takes the row over before
    /// this, and the pack stays, or makes a new one after the object is gone, and sends it again.
    ///
    /// - Parameter erasing: deletes the objects; absent ones are fine. When it throws, all rows stay.
    /// - Returns: how many are gone; at most `limit`.
    public func deleteCondemnedPacks(
        limit: Int, erasing: (_ keys: [String]) async throws -> Void
    ) async throws -> Int {
        try await self.database.transaction { transaction in
            let locked = try await transaction.rows(
                """
                SELECT pack_id FROM packs
                WHERE stored_at IS NULL
                  AND NOT EXISTS (SELECT FROM version_packs WHERE version_packs.pack_id = packs.pack_id)
                ORDER BY pack_id LIMIT \(limit) FOR UPDATE SKIP LOCKED
                """)
            let candidates: [Int64] = try locked.map { try $0("pack_id") }
            let rows = try await transaction.rows(
                """
                DELETE FROM packs
                WHERE pack_id = ANY (\(candidates)::bigint[])
                  AND NOT EXISTS (SELECT FROM version_packs WHERE version_packs.pack_id = packs.pack_id)
                RETURNING object_key
                """)
            let keys: [String] = try rows.map { try $0("object_key") }
            try await erasing(keys)
            return keys.count
        }
    }
}
