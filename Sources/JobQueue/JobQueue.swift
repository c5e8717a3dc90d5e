public import JobLifecycle
public import Postgres
import Synchronization

/// The queue: enqueues, leases, ends, rescues and reports on jobs.
///
/// Holds nothing that a restart loses. What stands in which table, and why, is in `Sources/JobQueue/README.md`.
public final class JobQueue: Sendable {
    let database: Database
    let names = NameCache()
    let numbers = NumberBlocks()

    public init(database: Database) {
        self.database = database
    }

    /// The channel on which sleeping workers hear of new jobs: the number of a queue, or ``settingsChanged``.
    static let channel = "slipway_jobs"
    static let settingsChanged = "!"

    /// The most bytes of JSON a payload may have.
    public static let largestPayload = 64 << 10

    /// The number under which a queue's jobs are kept; the queue is created when it is new.
    public func number(of queue: QueueName) async throws(PostgresError) -> Int16 {
        try await self.number(of: queue, in: self.database)
    }

    /// The same in a transaction, which needs no second connection.
    func number(of queue: QueueName, in executor: some SQLExecutor) async throws(PostgresError) -> Int16 {
        if let number = self.names.number(of: queue) { return number }
        if let number = try await self.existingNumber(of: queue, in: executor) { return number }
        // Not remembered: the transaction may still be rolled back.
        let row = try await executor.row(
            """
            INSERT INTO job_queue (name) VALUES (\(queue.rawValue))
            ON CONFLICT (name) DO UPDATE SET name = EXCLUDED.name
            RETURNING id
            """)
        guard let row else { throw .unexpected("queue \(queue) vanished") }
        return try row("id")
    }

    /// - Returns: nil when there is no such queue.
    func existingNumber(of queue: QueueName, in executor: some SQLExecutor) async throws(PostgresError) -> Int16? {
        if let number = self.names.number(of: queue) { return number }
        let row = try await executor.row(
            "SELECT id, \(Self.isUncommitted) AS fresh FROM job_queue WHERE name = \(queue.rawValue)")
        guard let row else { return nil }
        let number: Int16 = try row("id")
        // What the caller's own transaction made may still be rolled back.
        if try !row.decode("fresh", as: Bool.self) { self.names.remember(queue, number) }
        return number
    }

    /// The number of a key; created when it is new.
    func number(ofKey key: String, in executor: some SQLExecutor) async throws(PostgresError) -> Int32 {
        if let number = self.names.number(ofKey: key) { return number }
        if let row = try await executor.row(
            "SELECT id, \(Self.isUncommitted) AS fresh FROM job_key WHERE name = \(key)")
        {
            let number: Int32 = try row("id")
            if try !row.decode("fresh", as: Bool.self) { self.names.remember(key: key, number) }
            return number
        }
        let row = try await executor.row(
            """
            INSERT INTO job_key (name) VALUES (\(key)) ON CONFLICT (name) DO UPDATE SET name = EXCLUDED.name RETURNING id
            """)
        guard let row else { throw .unexpected("key \(key) vanished") }
        return try row("id")
    }

    /// Whether the row was written by the transaction that reads it.
    private static let isUncommitted: SQL = "coalesce(xmin::text = pg_current_xact_id_if_assigned()::xid::text, false)"
}
