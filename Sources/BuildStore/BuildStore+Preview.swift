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
            SELECT summary::text AS summary, looks::text AS looks FROM patches
            WHERE to_version = \(new) AND from_version = \(old) AND state <> 'failed' AND summary IS NOT NULL
            """)
        guard let row = rows.first else { return nil }
        let (summary, looks): (String, String?) = (try row("summary"), try row("looks"))
        // Of another release of this program, which knew other fields.
        guard let preview = try? JSONDecoder().decode(UpdatePreview.self, from: Data(summary.utf8)) else { return nil }
        guard let looks, let reasons = try? JSONDecoder().decode([String: [String]].self, from: Data(looks.utf8)) else {
            return preview
        }
        return preview.explained(by: reasons)
    }

    /// Records why files cost what they cost, by somebody who has read them; it outlives what becomes of the patch.
    ///
    /// - Parameter reasons: codes by path, the weightiest first.
    public func record(
        reasons: [String: [String]], from old: VersionID, to new: VersionID, in transaction: Transaction
    ) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let looks = String(decoding: try encoder.encode(reasons), as: UTF8.self)
        try await transaction.execute(
            """
            INSERT INTO patches (to_version, from_version, state, looks) VALUES (\(new), \(old), 'planned', \(looks)::jsonb)
            ON CONFLICT (to_version, from_version) DO UPDATE SET looks = EXCLUDED.looks
            """)
    }
}
