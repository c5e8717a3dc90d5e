public import Content
import FoundationEssentials
public import Postgres

extension BuildStore {
    /// What an update between two versions costs; nil while no job has told, or where its patch failed.
    ///
    /// Of a version that is not ready yet it is what the update costs at most, by chunks.
    public func preview(
        from old: VersionID, to new: VersionID, in executor: some SQLExecutor
    ) async throws(PostgresError) -> UpdatePreview? {
        let rows = try await executor.rows(
            """
            SELECT summary::text AS summary FROM patches
            WHERE to_version = \(new) AND from_version = \(old) AND state <> 'failed' AND summary IS NOT NULL
            """)
        guard let row = rows.first else { return nil }
        let summary: String = try row("summary")
        // Of another release of this program, which knew other fields.
        return try? JSONDecoder().decode(UpdatePreview.self, from: Data(summary.utf8))
    }
}
