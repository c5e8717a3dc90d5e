public import Content
import JobLifecycle
public import Postgres

/// What patches cost in processor time: one row an attempt at a job, whose time only ever grows.
///
/// An attempt tells its row, and no other, what it has taken since it began. So nothing is counted twice, however often it
/// is told, nor when an attempt that has lost its lease goes on beside the next one; and of an attempt that is killed all
/// counts but what it took since it last told.
extension BuildStore {
    /// Patches that tell what a level costs, and how old they may be.
    private static let pacePatches = 20
    private static let paceDays = 90

    /// Notes that an attempt begins.
    ///
    /// - Parameter plan: the job that planned the patch.
    /// - Returns: the number of its row; nil when one of the versions is gone.
    public func beginPatchRun(
        from old: VersionID, to new: VersionID, plan: Int64, job: Int64, attempt: Int
    ) async throws(PostgresError) -> Int64? {
        try await self.database.row(
            """
            INSERT INTO patch_runs (to_version, from_version, plan_job, job, attempt)
            SELECT new.version_id, old.version_id, \(plan), \(job), \(Int16(clamping: attempt))
            FROM game_versions AS new CROSS JOIN game_versions AS old
            WHERE new.version_id = \(new) AND old.version_id = \(old)
            RETURNING run_id
            """)?("run_id")
    }

    /// Tells what an attempt has taken so far, and stops the patch when all attempts together have taken more than it may
    /// and parts of it are not made yet.
    public func tell(_ spent: Duration, of run: Int64) async throws(PostgresError) {
        try await self.database.execute(
            """
            WITH told AS (
                UPDATE patch_runs SET cpu_us = greatest(cpu_us, \(spent.wholeMicroseconds)) WHERE run_id = \(run)
                RETURNING plan_job, cpu_us
            ), spent AS (
                SELECT plan_job, cpu_us + coalesce((
                           SELECT sum(other.cpu_us) FROM patch_runs AS other
                           WHERE other.plan_job = told.plan_job AND other.run_id <> \(run)), 0) AS cpu_us
                FROM told
            )
            UPDATE patch_builds SET state = 'stopped', stopped_for = 'cpu'
            FROM spent
            WHERE patch_builds.plan_job = spent.plan_job AND patch_builds.state = 'encoding'
              AND patch_builds.most_cpu_us < spent.cpu_us
              AND EXISTS (SELECT FROM patch_parts WHERE patch_parts.build_id = patch_builds.build_id AND size IS NULL)
            """)
    }

    /// Tells what an attempt has taken in all, with what comes of it.
    public func end(_ run: Int64, spent: Duration, in transaction: Transaction) async throws(PostgresError) {
        try await transaction.execute(
            """
            UPDATE patch_runs SET cpu_us = greatest(cpu_us, \(spent.wholeMicroseconds)), ended_at = now()
            WHERE run_id = \(run)
            """)
    }

    /// What all attempts at the jobs of a patch have taken.
    ///
    /// - Parameter plan: the job that planned it.
    public func patchTime(plan: Int64) async throws(PostgresError) -> Duration {
        let row = try await self.database.row(
            "SELECT coalesce(sum(cpu_us), 0)::bigint AS cpu_us FROM patch_runs WHERE plan_job = \(plan)")
        return .microseconds(try row?("cpu_us") ?? 0)
    }

    /// What levels have cost in the latest patches, all attempts at all their jobs included.
    public func patchPaces(of levels: [String]) async throws(PostgresError) -> [PatchPace] {
        try await self.database.rows(
            """
            SELECT name AS level, sum(latest.made_bytes)::bigint AS bytes, sum(latest.cpu_us)::bigint AS cpu_us
            FROM unnest(\(levels)::text[]) AS name CROSS JOIN LATERAL (
                SELECT made_bytes, cpu_us FROM patches
                WHERE level = name AND made_bytes > 0 AND cpu_us > 0
                  AND created_at > now() - make_interval(days => \(Int32(Self.paceDays)))
                ORDER BY created_at DESC LIMIT \(Self.pacePatches)) AS latest
            GROUP BY name
            """
        ).map { row throws(PostgresError) in try PatchPace(row) }
    }

    /// Forgets attempts that began longer ago than that; what a patch cost in all stays with it.
    ///
    /// - Returns: how many; at most `limit`.
    public func forgetPatchRuns(olderThan age: Duration, limit: Int) async throws(PostgresError) -> Int {
        try await self.database.execute(
            """
            DELETE FROM patch_runs WHERE run_id IN (
                SELECT run_id FROM patch_runs WHERE began_at < now() - \(age) ORDER BY began_at LIMIT \(limit))
            """)
    }
}
