import JobLifecycle
public import Postgres

/// A session that keeps a dead worker's job: frozen in the midst of ending it, or on a machine that is gone.
public struct LockedLease: Sendable, Equatable {
    /// Of the database's process.
    public let pid: Int32
    /// As `pg_stat_activity` has it.
    public let state: String
    /// For how long it has waited for its client.
    public let idle: Duration
    /// Its first 200 characters.
    public let query: String
}

extension JobQueue {
    /// Ends the database's sessions of workers that were given up, where they wait for a client that says nothing and keep
    /// a lease locked: only their end lets the job go to another.
    ///
    /// A row that a transaction deletes or changes carries the number of that transaction in `xmax`, and
    /// `pg_stat_activity` says whose it is. So nothing has to be written to know this, and it holds behind a pooler, too. A
    /// session that runs a statement is left alone: it comes to an end by itself, and the end it writes is right. A worker
    /// whose heartbeat hangs in such a session cannot be given up before it is ended.
    ///
    /// - Parameter silence: how long the session has waited for its client, and the worker has been silent.
    /// - Returns: how many were ended.
    @discardableResult
    public func endSessions(ofDeadFor silence: Duration) async throws(PostgresError) -> Int {
        let row = try await self.database.row(
            """
            SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) AS ended
            FROM (SELECT pid \(Self.lockedLeases(silence))) AS stuck
            """)
        let ended: Int64 = try row?("ended") ?? 0
        return Int(ended)
    }

    /// Sessions that keep leases of dead workers locked; at most a hundred.
    func lockedLeases(for silence: Duration) async throws(PostgresError) -> [LockedLease] {
        try await self.database.rows(
            """
            SELECT pid, coalesce(state, '') AS state, left(coalesce(query, ''), 200) AS query,
                   (extract(epoch FROM clock_timestamp() - state_change) * 1000)::bigint AS idle
            \(Self.lockedLeases(silence)) ORDER BY pid LIMIT 100
            """
        ).map { row throws(PostgresError) in
            LockedLease(
                pid: try row("pid"), state: try row("state"),
                idle: .milliseconds(try row.decode("idle", as: Int64.self)), query: try row("query"))
        }
    }

    /// In the midst of a pipeline a session counts as active while it waits for the rest; in a transaction, as idle.
    private static func lockedLeases(_ silence: Duration) -> SQL {
        """
        FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL
          AND (state LIKE 'idle in transaction%' OR wait_event IN ('ClientRead', 'ClientWrite'))
          AND state_change < clock_timestamp() - \(silence.wholeMilliseconds) * interval '1 millisecond'
          AND backend_xid IN (
              SELECT xmax FROM job_lease
              WHERE NOT EXISTS (SELECT FROM job_worker WHERE job_worker.id = job_lease.worker)
              UNION ALL
              SELECT xmax FROM job_batch
              WHERE NOT EXISTS (SELECT FROM job_worker WHERE job_worker.id = job_batch.worker)
              UNION ALL
              SELECT xmax FROM job_worker
              WHERE seen < clock_timestamp() - \(silence.wholeMilliseconds) * interval '1 millisecond')
        """
    }
}
