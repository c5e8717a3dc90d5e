public import Content
import FoundationEssentials
import JobLifecycle
public import Postgres

/// Patches in the making, from the plan to the whole.
extension BuildStore {
    private static let buildColumns: SQL = """
        build_id, from_version, to_version, state, stopped_for, plan_job, rank, level, memory, most_bytes, most_cpu_us,
        cuts, shared, object_key
        """

    /// Begins a patch, in place of one that was begun before.
    ///
    /// - Parameters:
    ///   - version: whose jobs make it.
    ///   - plan: the job that plans it.
    /// - Returns: the number that the keys of its parts carry; it was never used before.
    public func beginPatch(
        from old: VersionID, to new: VersionID, for version: VersionID, plan: Int64, rank: Int
    ) async throws -> Int64 {
        try await self.database.transaction { transaction in
            try await self.endPatchBuild(from: old, to: new, in: transaction)
            let row = try await transaction.row(
                """
                INSERT INTO patch_builds (to_version, from_version, made_for, state, plan_job, rank)
                VALUES (\(new), \(old), \(version), 'planning', \(plan), \(Int32(clamping: rank))) RETURNING build_id
                """)
            guard let row else { throw PostgresError.unexpected("a row that was inserted did not come back") }
            return try row("build_id")
        }
    }

    /// Records what a patch is made of.
    ///
    /// - Returns: false when it was begun anew, or ended, meanwhile.
    public func plan(
        _ build: Int64, by terms: PatchBuild.Terms, parts: [PatchPart], in transaction: Transaction
    ) async throws(PostgresError) -> Bool {
        let planned = try await transaction.execute(
            """
            UPDATE patch_builds
            SET state = 'encoding', level = \(terms.level), memory = \(terms.memory), most_bytes = \(terms.mostBytes),
                most_cpu_us = \(terms.mostTime?.wholeMicroseconds),
                cuts = \(PatchBuild.numbers(terms.cuts))::bigint[],
                shared = \(PatchBuild.numbers(terms.shared))::bigint[]
            WHERE build_id = \(build) AND state = 'planning'
            """)
        guard planned == 1 else { return false }
        try await transaction.execute(
            """
            INSERT INTO patch_parts (build_id, to_version, part_no, first_group, end_group, bytes)
            SELECT build_id, to_version, part.number, part.first, part.last, part.bytes
            FROM patch_builds CROSS JOIN unnest(
                \(parts.map { Int32($0.number) })::integer[], \(parts.map { Int32($0.groups.lowerBound) })::integer[],
                \(parts.map { Int32($0.groups.upperBound) })::integer[], \(parts.map(\.bytes))::bigint[])
                AS part (number, first, last, bytes)
            WHERE build_id = \(build)
            """)
        return true
    }

    public func patchBuild(_ id: Int64) async throws(PostgresError) -> PatchBuild? {
        try await self.patchBuild(where: "build_id = \(id)")
    }

    public func patchBuild(from old: VersionID, to new: VersionID) async throws(PostgresError) -> PatchBuild? {
        try await self.patchBuild(where: "to_version = \(new) AND from_version = \(old)")
    }

    private func patchBuild(where condition: SQL) async throws(PostgresError) -> PatchBuild? {
        let rows = try await self.database.rows("SELECT \(Self.buildColumns) FROM patch_builds WHERE \(condition)")
        return try rows.first.map { row throws(PostgresError) in try PatchBuild(row) }
    }

    /// Writes down where the whole patch is about to be put, so that it is found again whatever happens.
    ///
    /// - Returns: false when the patch is not wanted any more.
    public func announce(patch key: String, of build: Int64) async throws(PostgresError) -> Bool {
        try await self.database.execute(
            "UPDATE patch_builds SET object_key = \(key) WHERE build_id = \(build) AND state = 'encoding'") == 1
    }

    /// Forgets a patch in the making; its parts are garbage from then on.
    public func endPatchBuild(
        from old: VersionID, to new: VersionID, in transaction: Transaction
    ) async throws(PostgresError) {
        let ended = try await transaction.rows(
            "DELETE FROM patch_builds WHERE to_version = \(new) AND from_version = \(old) RETURNING object_key")
        try await self.discardUnrecorded(ended, in: transaction)
    }

    /// Forgets patches in the making that no job is working on and none will.
    ///
    /// - Parameter age: how long ago they were begun, at least: their jobs may be redriven until then.
    /// - Returns: how many; at most `limit`.
    public func endDeadPatchBuilds(olderThan age: Duration, limit: Int) async throws -> Int {
        try await self.database.transaction { transaction in
            let ended = try await transaction.rows(
                """
                DELETE FROM patch_builds WHERE build_id IN (
                    SELECT build_id FROM patch_builds AS build
                    WHERE created_at <= now() - \(age)
                      AND NOT EXISTS (
                          SELECT FROM job_status AS job
                          WHERE job.scope = build.made_for
                            AND job.kind IN ('plan-patch', 'encode-patch', 'assemble-patch')
                            AND job.state IN ('scheduled', 'available', 'running', 'retryable'))
                    ORDER BY build_id LIMIT \(limit))
                RETURNING object_key
                """)
            try await self.discardUnrecorded(ended, in: transaction)
            return ended.count
        }
    }

    /// Writes down as garbage what was put, or about to be, and became nobody's patch.
    private func discardUnrecorded(_ ended: [Row], in transaction: Transaction) async throws(PostgresError) {
        var keys: [String] = []
        for row in ended {
            let key: String? = try row("object_key")
            if let key { keys.append(key) }
        }
        guard !keys.isEmpty else { return }
        try await transaction.execute(
            """
            INSERT INTO garbage_objects (object_key)
            SELECT key FROM unnest(\(keys)::text[]) AS key
            WHERE NOT EXISTS (SELECT FROM patches WHERE patches.object_key = key)
            """)
    }

    /// Which of these patches are still in the making.
    public func livePatchBuilds(among ids: [Int64]) async throws(PostgresError) -> Set<Int64> {
        var live: Set<Int64> = []
        for row in try await self.database.rows(
            "SELECT build_id FROM patch_builds WHERE build_id = ANY (\(ids)::bigint[])")
        {
            live.insert(try row("build_id"))
        }
        return live
    }

    /// Which of these objects are about to be put as whole patches.
    public func announcedPatches(among keys: [String]) async throws(PostgresError) -> Set<String> {
        var announced: Set<String> = []
        for row in try await self.database.rows(
            "SELECT object_key FROM patch_builds WHERE object_key = ANY (\(keys)::text[])")
        {
            announced.insert(try row("object_key"))
        }
        return announced
    }
}
