public import JobLifecycle
public import Postgres
import Synchronization

/// The queue: enqueues, leases, ends, rescues and reports on jobs.
///
/// Holds nothing that a restart loses. What stands in which table, and why, is in `Sources/JobQueue/README.md`.
public final class JobQueue: Sendable {
    let database: Database
    private let known = Mutex<[QueueName: Int16]>([:])

    public init(database: Database) {
        self.database = database
    }

    /// The channel on which sleeping workers hear of new jobs.
    static let channel = "slipway_jobs"

    /// The number under which a queue's jobs are kept; the queue is created when it is new.
    public func number(of queue: QueueName) async throws(PostgresError) -> Int16 {
        if let number = self.known.withLock({ $0[queue] }) { return number }
        let name = queue.rawValue
        try await self.database.execute(
            """
            INSERT INTO job_queue (name) VALUES (\(name))
            ON CONFLICT (name) DO NOTHING
            """)
        let rows = try await self.database.rows("SELECT id FROM job_queue WHERE name = \(name)")
        guard let row = rows.first else { throw .unexpected("queue \(name) vanished") }
        let number: Int16 = try row("id")
        self.known.withLock { $0[queue] = number }
        return number
    }

    /// The queue with a number this process has met; nil for others.
    func name(of number: Int16) -> QueueName? {
        self.known.withLock { known in known.first { $0.value == number }?.key }
    }
}
