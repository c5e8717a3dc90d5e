import Content
public import Postgres

extension BuildStore {
    /// What the operator has set; nil when nobody has.
    public func patchBudget() async throws(PostgresError) -> PatchBudget? {
        try await self.database.rows(
            "SELECT versions, rollbacks, cpu_seconds, memory, storage_percent FROM patch_budget"
        ).first.map { row throws(PostgresError) in try PatchBudget(row) }
    }

    /// Sets it for the versions that are planned from now on.
    ///
    /// - Parameter name: who answers for it.
    /// - Throws: a check violation for values out of bounds.
    public func set(_ budget: PatchBudget, by name: String) async throws(PostgresError) {
        try await self.database.execute(
            """
            INSERT INTO patch_budget (versions, rollbacks, cpu_seconds, memory, storage_percent, set_by)
            VALUES (\(Int32(clamping: budget.versions)), \(Int32(clamping: budget.rollbacks)), \(budget.cpuSeconds),
                    \(budget.memory), \(Int32(clamping: budget.storagePercent)), \(name))
            ON CONFLICT (only_one) DO UPDATE
            SET versions = EXCLUDED.versions, rollbacks = EXCLUDED.rollbacks, cpu_seconds = EXCLUDED.cpu_seconds,
                memory = EXCLUDED.memory, storage_percent = EXCLUDED.storage_percent, set_by = EXCLUDED.set_by,
                updated_at = now()
            """)
    }

    /// The versions players are likely to have: those that channels give out now, then those they gave out before, then those
    /// that most players have installed, then the newest others that are ready.
    ///
    /// - Returns: `limit` at most, the likeliest first; none of another game, none that is not ready.
    public func patchSources(for version: VersionRecord, limit: Int) async throws -> [VersionRecord] {
        try await self.database.rows(
            """
            SELECT \(VersionRecord.columns)
            FROM game_versions AS version JOIN games AS game USING (game_id)
            WHERE version.game_id = \(version.game) AND version.status = 'ready' AND version.version_id <> \(version.id)
              AND version.created_at <= \(version.createdAt)
            ORDER BY EXISTS (SELECT 1 FROM channels AS live WHERE live.version_id = version.version_id) DESC,
                     EXISTS (SELECT 1 FROM channels AS last WHERE last.previous_version_id = version.version_id) DESC,
                     coalesce((
                         SELECT installs FROM version_installs AS count
                         WHERE count.version_id = version.version_id
                           AND count.day > (now() AT TIME ZONE 'UTC')::date - \(Int32(Self.installDays))
                         ORDER BY count.day DESC LIMIT 1), 0) DESC,
                     version.created_at DESC, version.version_id DESC
            LIMIT \(Int64(limit))
            """
        ).map(VersionRecord.init)
    }

    /// The versions that channels give out now, both of a roll-out that is under way: what an update from them costs is what
    /// a submission may limit, whatever patches are made.
    ///
    /// - Returns: 100 at most; none that is not ready, and not `version` itself.
    public func liveVersions(besides version: VersionRecord) async throws -> [VersionRecord] {
        try await self.database.rows(
            """
            SELECT \(VersionRecord.columns)
            FROM game_versions AS version JOIN games AS game USING (game_id)
            WHERE version.game_id = \(version.game) AND version.status = 'ready' AND version.version_id <> \(version.id)
              AND EXISTS (
                  SELECT FROM channels AS channel
                  WHERE channel.version_id = version.version_id
                     OR channel.previous_version_id = version.version_id AND channel.rollout_state <> 'complete')
            ORDER BY version.version_id LIMIT 100
            """
        ).map(VersionRecord.init)
    }

    /// The versions of the same game that are not out yet, and of which nothing is told that the update from `version` costs.
    ///
    /// - Returns: 100 at most, the newest first; those that are still processed too.
    public func awaitedUpdates(
        from version: VersionRecord, in executor: some SQLExecutor
    ) async throws -> [VersionRecord] {
        try await executor.rows(
            """
            SELECT \(VersionRecord.columns)
            FROM game_versions AS version JOIN games AS game USING (game_id)
            WHERE version.game_id = \(version.game) AND version.version_id <> \(version.id)
              AND version.status IN ('processing', 'ready')
              AND version.review_status IN ('not_submitted', 'in_review', 'approved')
              AND NOT EXISTS (
                  SELECT FROM patches
                  WHERE to_version = version.version_id AND from_version = \(version.id) AND summary IS NOT NULL)
            ORDER BY version.created_at DESC, version.version_id DESC LIMIT 100
            """
        ).map(VersionRecord.init)
    }
}
