public import Content
public import Postgres

/// The parts of a patch in the making.
extension BuildStore {
    private static let partColumns: SQL = "part_no, first_group, end_group, bytes, size, digest, description"

    public func patchPart(_ number: Int, of build: Int64) async throws(PostgresError) -> PatchPart? {
        let rows = try await self.database.rows(
            """
            SELECT \(Self.partColumns) FROM patch_parts
            WHERE build_id = \(build) AND part_no = \(Int32(clamping: number))
            """)
        return try rows.first.map { row throws(PostgresError) in try PatchPart(row) }
    }

    /// All of them, in the order of the patch.
    public func patchParts(of build: Int64) async throws(PostgresError) -> [PatchPart] {
        try await self.database.rows(
            "SELECT \(Self.partColumns) FROM patch_parts WHERE build_id = \(build) ORDER BY part_no"
        ).map { row throws(PostgresError) in try PatchPart(row) }
    }

    /// Whether a patch's parts are still wanted.
    public func wantsParts(_ build: Int64) async throws(PostgresError) -> Bool {
        try await self.database.row(
            "SELECT FROM patch_builds WHERE build_id = \(build) AND state = 'encoding'") != nil
    }

    /// Records a part that is in the store, and stops the patch when what is there already costs more than it may.
    public func record(
        _ made: PatchPart.Made, part number: Int, of build: Int64, in transaction: Transaction
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            UPDATE patch_parts SET size = \(made.size), digest = \(made.digest), description = \(made.description)
            WHERE build_id = \(build) AND part_no = \(Int32(clamping: number))
            """)
        try await transaction.execute(
            """
            UPDATE patch_builds SET state = 'stopped'
            WHERE build_id = \(build) AND state = 'encoding'
              AND most_bytes < (SELECT sum(size) FROM patch_parts WHERE patch_parts.build_id = patch_builds.build_id)
            """)
    }

    /// How far the patches to a version are that are being made now: new bytes done, of all.
    public func patchProgress(
        to version: VersionID
    ) async throws(PostgresError) -> [VersionID: (done: Int64, total: Int64)] {
        let rows = try await self.database.rows(
            """
            SELECT build.from_version, coalesce(sum(part.bytes) FILTER (WHERE part.size IS NOT NULL), 0)::bigint AS done,
                   coalesce(sum(part.bytes), 0)::bigint AS total
            FROM patch_builds AS build LEFT JOIN patch_parts AS part USING (build_id)
            WHERE build.to_version = \(version) AND build.state <> 'stopped'
            GROUP BY build.from_version
            """)
        var progress: [VersionID: (done: Int64, total: Int64)] = [:]
        for row in rows {
            let from: VersionID = try row("from_version")
            progress[from] = (done: try row("done"), total: try row("total"))
        }
        return progress
    }
}
