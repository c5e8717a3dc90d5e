import FoundationEssentials
public import JobLifecycle
public import Postgres

/// Whether a worker still held the job when it came to end it.
public enum Fence: Sendable {
    case held
    /// The lease was rescued or cancelled meanwhile; nothing was written.
    case lost
}

/// Thrown inside the transaction that ends a job, to roll it back when the lease is gone.
private struct LeaseLost: Error {}

extension JobQueue {
    /// Ends an attempt, with everything that follows from it, in one transaction.
    ///
    /// - Parameter recording: writes that must happen exactly once, together with the end.
    /// - Returns: ``Fence/lost`` when the attempt no longer held its job; then nothing at all was written.
    public func end(
        _ job: LeasedJob, as end: AttemptEnd,
        recording: @Sendable (Transaction) async throws -> Void = { _ in }
    ) async throws -> Fence {
        do {
            try await self.database.transaction { transaction in
                let leasedAt = try await self.release(job, in: transaction)
                try await recording(transaction)
                switch end {
                case .completed:
                    try await self.followers(of: job.id, parentCompleted: true, in: transaction)
                case .discarded, .cancelled:
                    try await self.followers(of: job.id, parentCompleted: false, in: transaction)
                case .retried(let rest, _):
                    try await self.postpone(job, by: rest, attemptsBegun: job.attempt, in: transaction)
                case .snoozed(let rest):
                    try await self.postpone(job, by: rest, attemptsBegun: job.attempt - 1, in: transaction)
                case .released:
                    try await self.giveBack(job, in: transaction)
                }
                try await self.record(end, of: job, leasedAt: leasedAt, in: transaction)
            }
            return .held
        } catch is LeaseLost {
            return .lost
        }
    }

    /// Deletes the lease. The row's absence is the fence: a late worker gets no further.
    private func release(_ job: LeasedJob, in transaction: Transaction) async throws -> Date {
        let rows = try await transaction.rows(
            """
            DELETE FROM job_lease
            WHERE id = \(job.id) AND attempt = \(Int16(job.attempt)) AND worker = \(job.worker.rawValue)
            RETURNING leased_at
            """)
        guard let row = rows.first else { throw LeaseLost() }
        return try row("leased_at")
    }

    private func postpone(
        _ job: LeasedJob, by rest: Duration, attemptsBegun: Int, in transaction: Transaction
    ) async throws {
        try await transaction.execute(
            """
            INSERT INTO job_later (run_at, id, queue, priority, attempt)
            VALUES (clock_timestamp() + \(rest.wholeMilliseconds) * interval '1 millisecond',
                    \(job.id), \(job.queue), \(Int16(job.priority)), \(Int16(attemptsBegun)))
            """)
    }

    private func giveBack(_ job: LeasedJob, in transaction: Transaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO job_ready (queue, priority, id, attempt)
            VALUES (\(job.queue), \(Int16(job.priority)), \(job.id), \(Int16(job.attempt - 1)))
            """)
    }

    private func record(
        _ end: AttemptEnd, of job: LeasedJob, leasedAt: Date, in transaction: Transaction
    ) async throws {
        let failure = try end.failure.map { String(decoding: try JSONEncoder.failures.encode($0), as: UTF8.self) }
        try await transaction.execute(
            """
            INSERT INTO job_outcome (id, attempt, state, final, worker, started_at, failure)
            VALUES (\(job.id), \(Int16(job.attempt)), \(end.name), \(end.isFinal), \(job.worker.rawValue),
                    \(leasedAt), \(failure)::jsonb)
            """)
        guard end.isFinal else { return }
        try await transaction.execute("DELETE FROM job_unique WHERE id = \(job.id)")
    }
}

extension JSONEncoder {
    /// Writes a ``Failure`` as tables and the API carry it.
    static var failures: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return encoder
    }
}

extension AttemptEnd {
    /// As `job_outcome.state` has it.
    fileprivate var name: String {
        switch self {
        case .completed: "completed"
        case .retried: "retried"
        case .snoozed: "snoozed"
        case .released: "released"
        case .discarded: "discarded"
        case .cancelled: "cancelled"
        }
    }

    fileprivate var isFinal: Bool {
        switch self {
        case .completed, .discarded, .cancelled: true
        case .retried, .snoozed, .released: false
        }
    }

    fileprivate var failure: Failure? {
        switch self {
        case .retried(_, let failure), .discarded(let failure): failure
        case .completed, .snoozed, .released, .cancelled: nil
        }
    }
}
