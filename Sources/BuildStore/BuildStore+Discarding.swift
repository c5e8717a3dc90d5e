public import Content
public import Postgres

/// Removing the packs of a version in two steps, so that a crash between any two instructions loses nothing that another
/// version counts on and forgets nothing that must go.
extension BuildStore {
    /// First step: makes sure that nobody begins to count on packs that only this version holds.
    ///
    /// Waits for whoever is binding one of them at this moment. May be repeated.
    public func condemnPacks(of version: VersionID, in transaction: Transaction) async throws(PostgresError) {
        try await transaction.execute(
            """
            SELECT pack_id FROM packs
            WHERE pack_id IN (SELECT pack_id FROM version_packs WHERE version_id = \(version))
            ORDER BY pack_id FOR UPDATE
            """)
        // A statement of its own: it sees the bindings that were committed while this one waited for the locks.
        let rows = try await transaction.rows(
            """
            UPDATE packs SET stored_at = NULL
            WHERE pack_id IN (SELECT pack_id FROM version_packs WHERE version_id = \(version))
              AND NOT EXISTS (
                  SELECT FROM version_packs AS other
                  WHERE other.pack_id = packs.pack_id AND other.version_id <> \(version))
            RETURNING pack_id
            """)
        let condemned: [Int64] = try rows.map { row throws(PostgresError) in try row("pack_id") }
        try await transaction.execute("DELETE FROM chunks WHERE pack_id = ANY (\(condemned)::bigint[])")
    }

    /// Second step: unbinds the version and deletes the rows of packs that nobody holds.
    ///
    /// The rows stay locked until the transaction ends, so a pack of the same name cannot be sent anew before the caller
    /// has deleted the object. Delete the objects inside the transaction, after this call.
    ///
    /// - Returns: the keys of the objects to delete.
    public func deletePacks(of version: VersionID, in transaction: Transaction) async throws(PostgresError) -> [String]
    {
        let locked = try await transaction.rows(
            """
            SELECT pack_id FROM packs
            WHERE pack_id IN (SELECT pack_id FROM version_packs WHERE version_id = \(version))
            ORDER BY pack_id FOR UPDATE
            """)
        let candidates: [Int64] = try locked.map { row throws(PostgresError) in try row("pack_id") }
        try await transaction.execute("DELETE FROM version_packs WHERE version_id = \(version)")
        let rows = try await transaction.rows(
            """
            DELETE FROM packs
            WHERE pack_id = ANY (\(candidates)::bigint[]) AND stored_at IS NULL
              AND NOT EXISTS (SELECT FROM version_packs WHERE version_packs.pack_id = packs.pack_id)
            RETURNING object_key
            """)
        return try rows.map { row throws(PostgresError) in try row("object_key") }
    }
}
