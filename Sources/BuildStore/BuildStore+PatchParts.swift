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
            UPDATE patch_builds SET state = 'stopped', stopped_for = 'size'
            WHERE build_id = \(build) AND state = 'encoding'
              AND most_bytes < (SELECT sum(size) FROM patch_parts WHERE patch_parts.build_id = patch_builds.build_id)
            """)
    }

    /// How far the patches to a version are that are being made now, by the version they lead from.
    public func patchProgress(to version: VersionID) async throws(PostgresError) -> [VersionID: PatchProgress] {
        let rows = try await self.database.rows(
            """
            SELECT build.from_version, build.level, build.most_cpu_us,
                   coalesce(sum(part.bytes) FILTER (WHERE part.size IS NOT NULL), 0)::bigint AS done,
                   coalesce(sum(part.bytes), 0)::bigint AS total,
                   (SELECT coalesce(sum(cpu_us), 0) FROM patch_runs
                    WHERE patch_runs.plan_job = build.plan_job)::bigint AS cpu_us
            FROM patch_builds AS build LEFT JOIN patch_parts AS part USING (build_id)
            WHERE build.to_version = \(version) AND build.state <> 'stopped'
            GROUP BY build.build_id
            """)
        var progress: [VersionID: PatchProgress] = [:]
        for row in rows { progress[try row("from_version")] = try PatchProgress(row) }
        return progress
    }
}
