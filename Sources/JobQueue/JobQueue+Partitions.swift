import JobLifecycle
import Postgres

/// What has to be done to the partitions of history, decided from a reading of them.
struct PartitionPlan: Equatable, Sendable {
    /// Numbers of jobs in one partition.
    static let size: Int64 = 10_000_000
    /// Partitions that are made ahead of the one in use.
    static let ahead: Int64 = 3

    /// The partition in use.
    let current: Int64
    /// To be made.
    let missing: [Int64]
    /// Whether the numbers go on in the next partition, though this one is not full: so that each holds about a day.
    let mustTurn: Bool

    /// - Parameters:
    ///   - position: the number given out last.
    ///   - last: the last partition that is made.
    ///   - age: of the partition in use, since its first job.
    init(position: Int64, last: Int64, age: Duration) {
        let current = position / Self.size
        self.current = current
        self.missing = last < current + Self.ahead ? Array(last + 1...current + Self.ahead) : []
        let used = position % Self.size
        // Near its end it turns by itself, and nobody must be overtaken.
        self.mustTurn = age > .seconds(86_400) && used > 100_000 && used < Self.size / 10 * 9
    }
}

extension JobQueue {
    /// Makes partitions ahead, turns to the next one once a day, and drops what is older than the retention.
    ///
    /// A partition is dropped when the last job that may stand in it was numbered before the retention began, none of its
    /// jobs waits or runs, and none has ended since. Harmless to do twice at a time.
    func tendPartitions(retention: Duration) async throws(PostgresError) {
        let row = try await self.database.row(
            """
            SELECT (SELECT last_value FROM job_id) AS position, (SELECT max(number) FROM job_partition) AS last,
                   coalesce((SELECT (extract(epoch FROM clock_timestamp() - opened_at) * 1000)::bigint
                             FROM job_partition WHERE number = (SELECT last_value / 10000000 FROM job_id)), 0) AS age
            """)
        guard let row else { return }
        let age: Int64 = try row("age")
        let plan = PartitionPlan(position: try row("position"), last: try row("last"), age: .milliseconds(age))
        for number in plan.missing { try await self.database.execute("SELECT job_make_partition(\(number))") }
        try await self.database.execute(
            """
            UPDATE job_partition
            SET opened_at = coalesce(opened_at, clock_timestamp()),
                closed_at = CASE WHEN number < \(plan.current) THEN coalesce(closed_at, clock_timestamp()) END
            WHERE number <= \(plan.current) AND (opened_at IS NULL OR number < \(plan.current) AND closed_at IS NULL)
            """)
        if plan.mustTurn { try await self.turn(to: plan.current + 1) }
        try await self.dropOld(retention)
    }

    private func turn(to next: Int64) async throws(PostgresError) {
        try await self.database.transaction { transaction throws(PostgresError) in
            let opened = try await transaction.execute(
                "UPDATE job_partition SET opened_at = clock_timestamp() WHERE number = \(next) AND opened_at IS NULL")
            guard opened == 1 else { return }
            try await transaction.execute("SELECT setval('job_id', \(next * PartitionPlan.size), false)")
        }
    }

    private func dropOld(_ retention: Duration) async throws(PostgresError) {
        let rows = try await self.database.rows(
            """
            SELECT number FROM job_partition
            WHERE closed_at < clock_timestamp() - \(retention.wholeMilliseconds) * interval '1 millisecond'
            ORDER BY number LIMIT 10
            """)
        for row in rows {
            let number: Int64 = try row("number")
            let (first, end) = (number * PartitionPlan.size, (number + 1) * PartitionPlan.size)
            let live = try await self.database.row(
                """
                SELECT FROM (
                    SELECT id FROM job_ready UNION ALL SELECT id FROM job_held UNION ALL SELECT id FROM job_later
                    UNION ALL SELECT id FROM job_parked UNION ALL SELECT id FROM job_lease
                    UNION ALL SELECT unnest(ids) FROM job_batch
                    UNION ALL SELECT id FROM job_outcome
                              WHERE finished_at > clock_timestamp() - \(retention.wholeMilliseconds) * interval '1 millisecond'
                ) AS live WHERE id >= \(first) AND id < \(end) LIMIT 1
                """)
            if live == nil { try await self.drop(number, first: first, end: end) }
        }
    }

    private func drop(_ number: Int64, first: Int64, end: Int64) async throws(PostgresError) {
        try await self.database.transaction { transaction throws(PostgresError) in
            // Whoever reads the history for long is not made to wait, and does not make everybody wait: another time.
            try await transaction.execute("SET LOCAL lock_timeout = '200ms'")
            guard try await transaction.execute("DELETE FROM job_partition WHERE number = \(number)") == 1 else {
                return
            }
            for parent in ["job", "job_outcome", "job_done"] {
                try await transaction.execute("DROP TABLE \(identifier: "\(parent)_\(number)")")
            }
            try await transaction.execute("DELETE FROM job_progress WHERE id >= \(first) AND id < \(end)")
            try await transaction.execute("DELETE FROM job_paced WHERE id >= \(first) AND id < \(end)")
            try await transaction.execute("DELETE FROM job_edge WHERE child >= \(first) AND child < \(end)")
        }
    }

    /// Forgets sums older than two days.
    func pruneStatistics() async throws(PostgresError) {
        try await self.database.execute("DELETE FROM job_stat WHERE at < clock_timestamp() - interval '2 days'")
    }

    /// Tells how far the claims of each priority have come: where jobs of a key that was away begin.
    func tellReached(_ lanes: [(queue: Int16, priority: Int16, rank: Int64)]) async throws(PostgresError) {
        guard !lanes.isEmpty else { return }
        try await self.database.execute(
            """
            INSERT INTO job_lane AS lane (queue, priority, reached)
            SELECT * FROM unnest(\(lanes.map(\.queue))::smallint[], \(lanes.map(\.priority))::smallint[],
                                 \(lanes.map(\.rank))::bigint[]) AS fresh (queue, priority, reached)
            ORDER BY queue, priority
            ON CONFLICT (queue, priority) DO UPDATE SET reached = EXCLUDED.reached
            WHERE lane.reached < EXCLUDED.reached
            """)
    }
}
