import FoundationEssentials
import JobLifecycle
import Postgres

extension JobQueue {
    /// The most jobs one call changes.
    public static let largestBulk = 10_000

    /// Does the same to every job a filter means; oldest first, all in one transaction.
    ///
    /// Retry applies to scheduled, retryable, cancelled and discarded jobs, cancel and discard to all that have not ended.
    ///
    /// - Parameters:
    ///   - filter: must say something: an empty one is refused.
    ///   - isDryRun: changes nothing, and says what would be.
    ///   - actor: who does it, for the audit.
    ///   - reason: what a cancelled or discarded job, and its owner, is told.
    /// - Throws: ``JobQueueError/invalidSettings(_:)`` for an empty filter, `PostgresError`.
    public func apply(
        _ action: JobAction, to filter: JobFilter, isDryRun: Bool, by actor: String, because reason: String? = nil
    ) async throws -> BulkResult {
        guard !filter.isEmpty else {
            throw JobQueueError.invalidSettings([
                Failure.Problem(code: "required", path: "filter", message: "say which jobs; an empty filter means all")
            ])
        }
        return try await self.database.retryingTransaction(attempts: 3) { transaction in
            let candidates = try await self.candidates(for: action, filter, in: transaction)
            let ids = Array(candidates.applicable.prefix(Self.largestBulk))
            var changed = Changed(jobs: ids)
            if !isDryRun, !ids.isEmpty {
                changed = try await self.perform(action, on: ids, by: actor, because: reason, in: transaction)
                try await self.audit(
                    "job.\(action.rawValue)", Self.describe(filter), from: nil,
                    to: Self.document(matched: candidates.matched, changed: changed.jobs), by: actor, in: transaction)
            }
            return BulkResult(
                action: action, isDryRun: isDryRun, matched: candidates.matched, changed: changed.jobs.count,
                followers: changed.followers, sample: changed.jobs.prefix(100).map(JobID.init(rawValue:)),
                isTruncated: candidates.isTruncated)
        }
    }

    /// Makes a discarded or cancelled job available again, with all its attempts; false when it is not one.
    ///
    /// - Parameter actor: who does it, for the audit.
    public func retry(_ job: JobID, by actor: String = "api") async throws -> Bool {
        var filter = JobFilter(ids: [job])
        filter.states = [.cancelled, .discarded]
        return try await self.apply(.retry, to: filter, isDryRun: false, by: actor).changed == 1
    }

    private struct Changed {
        var jobs: [Int64]
        /// Of these jobs, and changed with them.
        var followers = 0
    }

    private func perform(
        _ action: JobAction, on ids: [Int64], by actor: String, because reason: String?, in transaction: Transaction
    ) async throws -> Changed {
        switch action {
        case .retry:
            return try await self.makeDue(ids, in: transaction)
        case .cancel:
            let failure = Failure(
                code: "cancelled", message: reason ?? "\(actor) cancelled it", retryable: true, hint: "retry the job")
            return Changed(jobs: try await self.end(ids, as: .cancelled, because: failure, in: transaction))
        case .discard:
            let failure = Failure(
                code: "discarded", message: reason ?? "\(actor) discarded it", retryable: true, hint: "retry the job")
            return Changed(jobs: try await self.end(ids, as: .discarded, because: failure, in: transaction))
        }
    }

    private struct Candidates {
        var matched: Int
        var applicable: [Int64]
        var isTruncated: Bool
    }

    private func candidates(
        for action: JobAction, _ filter: JobFilter, in transaction: Transaction
    ) async throws -> Candidates {
        let possible: Set<JobState> =
            switch action {
            case .retry: [.scheduled, .retryable, .cancelled, .discarded]
            case .cancel, .discard: [.scheduled, .available, .running, .retryable]
            }
        let wanted = filter.states.isEmpty ? possible : possible.intersection(filter.states)
        var narrow = filter
        narrow.states = wanted.sorted { $0.rawValue < $1.rawValue }
        let applicable =
            wanted.isEmpty
            ? []
            : try await self.ids(
                of: narrow, before: nil, limit: Self.largestBulk + 1, oldestFirst: true, in: transaction)
        let matched = try await self.ids(
            of: filter, before: nil, limit: Self.largestBulk + 1, oldestFirst: true, in: transaction)
        return Candidates(
            matched: max(matched.count, applicable.count), applicable: applicable,
            isTruncated: applicable.count > Self.largestBulk)
    }

    /// Makes jobs due that wait for a time, failed for good or were cancelled; with those that were cancelled because of
    /// them, each in its place behind what it waits for.
    private func makeDue(_ ids: [Int64], in transaction: Transaction) async throws(PostgresError) -> Changed {
        // Bodies are locked so that two operators do not both revive a job.
        let rows = try await transaction.rows(
            """
            WITH body AS MATERIALIZED (
                SELECT id FROM job WHERE id = ANY (\(ids)::bigint[]) ORDER BY id FOR UPDATE
            ), early AS (
                DELETE FROM job_later WHERE id IN (SELECT id FROM body) RETURNING id, attempt
            ), lost AS (
                SELECT body.id FROM body JOIN job_status AS status ON status.id = body.id
                WHERE status.state IN ('discarded', 'cancelled')
            )
            SELECT id, attempt FROM early UNION ALL SELECT id, NULL FROM lost ORDER BY id
            """)
        var due: [Int64] = []
        var attempts: [Int16] = []
        var lost: [Int64] = []
        for row in rows {
            if let attempt = try row.decode("attempt", as: Int16?.self) {
                due.append(try row("id"))
                attempts.append(attempt)
            } else {
                lost.append(try row("id"))
            }
        }
        if !due.isEmpty {
            try await transaction.execute("SELECT job_arrive(\(due)::bigint[], \(attempts)::smallint[])")
        }
        guard !lost.isEmpty else { return Changed(jobs: due) }
        let row = try await transaction.row(
            "SELECT cardinality(job_revive(\(lost)::bigint[], \(Int32(Self.largestBulk)))) AS followers")
        return Changed(jobs: (due + lost).sorted(), followers: Int(try row?.decode("followers", as: Int32.self) ?? 0))
    }

    private static func describe(_ filter: JobFilter) -> String {
        if filter.ids.count == 1 { return "job \(filter.ids[0])" }
        var parts: [String] = []
        if !filter.ids.isEmpty { parts.append("\(filter.ids.count) ids") }
        if !filter.queues.isEmpty { parts.append("queue \(filter.queues.map(\.rawValue).joined(separator: "|"))") }
        if !filter.kinds.isEmpty { parts.append("kind \(filter.kinds.map(\.rawValue).joined(separator: "|"))") }
        if !filter.states.isEmpty { parts.append("state \(filter.states.map(\.rawValue).joined(separator: "|"))") }
        if let scope = filter.scope { parts.append("scope \(scope)") }
        if let developer = filter.developer { parts.append("developer \(developer)") }
        if let key = filter.key { parts.append("key \(key)") }
        if let worker = filter.worker { parts.append("worker \(worker)") }
        if let failure = filter.failure { parts.append("failure \(failure)") }
        if let date = filter.createdAfter { parts.append("created after \(date.formatted(.iso8601))") }
        if let date = filter.createdBefore { parts.append("created before \(date.formatted(.iso8601))") }
        return "jobs with " + parts.joined(separator: ", ")
    }

    private static func document(matched: Int, changed: [Int64]) -> String {
        let some = changed.prefix(100).map(String.init).joined(separator: ",")
        return "{\"matched\":\(matched),\"changed\":\(changed.count),\"first\":[\(some)]}"
    }
}
