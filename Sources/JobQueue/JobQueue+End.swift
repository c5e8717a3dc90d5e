import FoundationEssentials
public import JobLifecycle
public import Postgres

extension JobQueue {
    /// Ends an attempt, with everything that follows from it, in one transaction.
    ///
    /// - Parameter recording: writes that must happen exactly once, together with the end. Run again from the start when
    ///   the database undid them for a reason that may pass (a deadlock, a full server).
    /// - Returns: ``Fence/lost`` when the attempt no longer held its job; then nothing at all was written.
    public func end(
        _ job: LeasedJob, as end: AttemptEnd,
        recording: @Sendable (Transaction) async throws -> Void = { _ in }
    ) async throws -> Fence {
        try await self.end(job, as: end, reporting: nil, recording: recording)
    }

    /// - Parameter report: the last progress, and the checkpoint for the next attempt.
    func end(
        _ job: LeasedJob, as end: AttemptEnd, reporting report: ProgressReport?,
        recording: @Sendable (Transaction) async throws -> Void
    ) async throws -> Fence {
        do {
            try await self.database.retryingTransaction(attempts: 3) { transaction in
                let leasedAt = try await self.release(job, reporting: report, in: transaction)
                try await recording(transaction)
                switch end {
                case .completed:
                    if job.traits.contains(.followed) {
                        try await self.followers(ofCompleted: [job.id.rawValue], in: transaction)
                    }
                case .discarded, .cancelled:
                    if job.traits.contains(.followed) {
                        try await self.followers(ofFailed: [job.id.rawValue], in: transaction)
                    }
                case .retried, .snoozed, .released: break
                }
                try await transaction.pipeline(try self.conclusion(of: job, as: end, leasedAt: leasedAt))
            }
            return .held
        } catch is LeaseLost {
            return .lost
        }
    }

    /// Takes the job out of the lease. Its absence there is the fence: a late worker gets no further.
    private func release(
        _ job: LeasedJob, reporting report: ProgressReport?, in transaction: Transaction
    ) async throws -> Date {
        var statements: [SQL] = []
        if let report, let recording = Self.recording([report]) { statements.append(recording) }
        if let batch = job.batch {
            statements.append(
                """
                UPDATE job_batch
                SET ids = array_remove(ids, \(job.id.rawValue)),
                    attempts = attempts[1:array_position(ids, \(job.id.rawValue)) - 1]
                               || attempts[array_position(ids, \(job.id.rawValue)) + 1:]
                WHERE batch = \(batch) AND worker = \(job.worker.rawValue) AND \(job.id.rawValue) = ANY (ids)
                RETURNING leased_at
                """)
        } else {
            statements.append(
                """
                DELETE FROM job_lease
                WHERE id = \(job.id) AND attempt = \(Int16(job.attempt)) AND worker = \(job.worker.rawValue)
                RETURNING leased_at
                """)
        }
        guard let row = try await transaction.pipeline(statements).last?.first else { throw LeaseLost() }
        return try row("leased_at")
    }

    /// Everything that is written after the recording, in one round trip.
    private func conclusion(of job: LeasedJob, as end: AttemptEnd, leasedAt: Date) throws -> [SQL] {
        var statements: [SQL] = []
        switch end {
        case .retried(let rest, _): statements.append(self.postpone(job, by: rest, attemptsBegun: job.attempt))
        case .snoozed(let rest): statements.append(self.postpone(job, by: rest, attemptsBegun: job.attempt - 1))
        case .released: statements.append(self.giveBack(job))
        case .completed, .discarded, .cancelled:
            if job.traits.contains(.unique) {
                statements.append("DELETE FROM job_unique WHERE id = \(job.id)")
            }
        }
        let failure = try end.failure.map(Failure.document)
        statements.append(
            """
            INSERT INTO job_outcome (id, attempt, state, final, worker, started_at, failure)
            VALUES (\(job.id), \(Int16(job.attempt)), \(end.name), \(end.isFinal), \(job.worker.rawValue),
                    \(leasedAt), \(failure)::jsonb)
            """)
        // Last, because it may wait for others who are changing the same key.
        if let key = job.key, end != .released, let freeing = Self.freeing([(job.queue, key)]) {
            statements.append(freeing)
        }
        return statements
    }

    private func postpone(_ job: LeasedJob, by rest: Duration, attemptsBegun: Int) -> SQL {
        """
        INSERT INTO job_later (run_at, id, attempt)
        VALUES (clock_timestamp() + \(min(rest, Self.longestDelay).wholeMilliseconds) * interval '1 millisecond',
                \(job.id), \(Int16(attemptsBegun)))
        """
    }

    /// Back to its place in line; a slot of its key stays its own.
    func giveBack(_ job: LeasedJob) -> SQL {
        """
        INSERT INTO job_ready (queue, priority, rank, id, attempt, traits)
        VALUES (\(job.queue), \(Int16(job.priority)), \(job.rank), \(job.id), \(Int16(job.attempt - 1)),
                \(job.traits.rawValue))
        """
    }
}

extension JSONEncoder {
    /// Writes a ``Failure`` as tables and the API carry it.
    static let failures: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return encoder
    }()
}

extension Failure {
    /// As tables carry it. A jsonb cannot hold the character NUL, which a message may contain.
    static func document(_ failure: Failure) throws -> String {
        String(decoding: try JSONEncoder.failures.encode(failure), as: UTF8.self).withoutNUL
    }
}

extension String {
    /// JSON without escaped NUL characters, which a jsonb cannot hold.
    var withoutNUL: String {
        var rest = self.utf8[...]
        var kept: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let next = rest.popFirst() else {
                kept.append(byte)
                continue
            }
            if next == UInt8(ascii: "u"), rest.starts(with: "0000".utf8) {
                rest.removeFirst(4)
            } else {
                kept += [byte, next]
            }
        }
        return String(decoding: kept, as: UTF8.self)
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
