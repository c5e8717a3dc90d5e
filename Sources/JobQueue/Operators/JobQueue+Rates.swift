public import JobLifecycle
import Postgres

/// A rate of some of a queue's jobs.
public struct PartialRate: Equatable, Sendable {
    /// Which jobs.
    public enum Subject: Hashable, Sendable {
        case kind(JobKind)
        case key(String)
    }

    public let queue: QueueName
    public let subject: Subject
    public let rate: RateLimit
    /// Attempts that could begin now, of what was put aside in a rest.
    public let tokens: Double
}

extension JobQueue {
    /// The most rates of kinds and keys one queue has.
    public static let mostRates = 100

    /// The rates of a queue's kinds and keys, kinds first, by name.
    ///
    /// - Throws: ``JobQueueError/unknownQueue(_:)``, `PostgresError`.
    public func rates(of queue: QueueName) async throws -> [PartialRate] {
        guard let number = try await self.existingNumber(of: queue, in: self.database) else {
            throw JobQueueError.unknownQueue(queue)
        }
        return try await self.database.rows(
            """
            SELECT rate.kind, key.name AS key, rate.rate, rate.burst,
                   least(rate.burst, rate.tokens + rate.rate * greatest(
                       0, extract(epoch FROM clock_timestamp() - rate.tokens_at)::float8)) AS tokens
            FROM job_rate AS rate LEFT JOIN job_key AS key ON key.id = rate.key
            WHERE rate.queue = \(number) ORDER BY rate.kind NULLS LAST, key.name LIMIT \(Int64(Self.mostRates))
            """
        ).map { row throws(PostgresError) in
            let kind: String? = try row("kind")
            let key: String? = try row("key")
            let burst: Int32 = try row("burst")
            return PartialRate(
                queue: queue, subject: kind.map { .kind(JobKind(rawValue: $0)) } ?? .key(key ?? ""),
                rate: RateLimit(perSecond: try row("rate"), burst: Int(burst)), tokens: try row("tokens"))
        }
    }

    /// Sets how many attempts of a kind, or of a key's jobs, are begun in a second, in all workers together; exactly, as
    /// soon as the workers know. What is beyond it is put off, and looks scheduled meanwhile. What was put off before goes by
    /// the new rate, in the same order.
    ///
    /// - Parameters:
    ///   - rate: nil lifts it; jobs that were put off are due then.
    ///   - actor: who does it, for the audit: 1 to 200 characters.
    /// - Throws: ``JobQueueError/unknownQueue(_:)``, ``JobQueueError/invalidSettings(_:)``, `PostgresError`.
    public func change(
        rateOf subject: PartialRate.Subject, in queue: QueueName, to rate: RateLimit?, by actor: String
    ) async throws {
        guard let number = try await self.existingNumber(of: queue, in: self.database) else {
            throw JobQueueError.unknownQueue(queue)
        }
        var problems = QueueSettings(rate: rate).problems
        switch subject {
        case .kind(let kind) where !(1...64).contains(kind.rawValue.count):
            problems.append(.init(code: "out-of-range", path: "kind", message: "a kind has 1 to 64 characters"))
        case .key(let key) where !(1...200).contains(key.count):
            problems.append(.init(code: "out-of-range", path: "key", message: "a key has 1 to 200 characters"))
        default: break
        }
        guard problems.isEmpty else { throw JobQueueError.invalidSettings(problems) }
        try await self.database.transaction { transaction in
            // Claims hold the same lock: what they count does not change under them.
            try await transaction.execute(Self.lock(number))
            let (name, condition, column, value) = try await self.names(subject, in: transaction)
            let before = try await transaction.row(
                """
                DELETE FROM job_rate WHERE queue = \(number) AND \(condition)
                RETURNING jsonb_build_object('rate', rate, 'burst', burst)::text AS document
                """)
            let last = try await self.pace(number, condition, by: rate, in: transaction)
            if let rate {
                let others: Int64 =
                    try await transaction.row("SELECT count(*) AS n FROM job_rate WHERE queue = \(number)")?("n") ?? 0
                guard others < Self.mostRates else {
                    throw JobQueueError.invalidSettings([
                        .init(
                            code: "out-of-range", path: "rate",
                            message: "a queue has at most \(Self.mostRates) rates of kinds and keys")
                    ])
                }
                try await transaction.execute(
                    """
                    INSERT INTO job_rate (queue, \(column), rate, burst, tokens, next_at)
                    VALUES (\(number), \(value), \(rate.perSecond), \(Int32(rate.burst)), \(Double(rate.burst)),
                            coalesce(\(last)::timestamptz, clock_timestamp()))
                    """)
            }
            let after = rate.map { "{\"rate\":\($0.perSecond),\"burst\":\($0.burst)}" }
            try await self.audit(
                "rate.change", "\(queue)/\(name)", from: try before?("document"), to: after, by: actor,
                in: transaction)
            try await self.tellOfSettings(in: transaction)
        }
    }

    /// Gives jobs in line their times anew; of a longer line, the first of them.
    ///
    /// - Returns: when the last in line may begin; nil where there is no line.
    private func pace(
        _ queue: Int16, _ condition: SQL, by rate: RateLimit?, in transaction: Transaction
    ) async throws(PostgresError) -> String? {
        let line: SQL = """
            FROM job_paced JOIN job USING (id) JOIN job_later AS later USING (id)
            WHERE job.queue = \(queue) AND \(condition)
            """
        try await transaction.execute(
            """
            UPDATE job_later
            SET run_at = clock_timestamp()
                + greatest(0, place - \(Double(rate?.burst ?? 0))) * \(rate.map { 1 / $0.perSecond } ?? 0) * interval '1 second'
            FROM (
                SELECT id, row_number() OVER (ORDER BY later.run_at, id) AS place \(line)
                ORDER BY later.run_at, id LIMIT \(Self.mostPaced)
            ) AS line
            WHERE job_later.id = line.id
            """)
        return try await transaction.row("SELECT max(later.run_at)::text AS last \(line)")?("last")
    }

    /// Jobs of a line that one change gives new times; it holds the queue meanwhile.
    private static let mostPaced: Int64 = 100_000

    private func names(
        _ subject: PartialRate.Subject, in transaction: Transaction
    ) async throws(PostgresError) -> (name: String, condition: SQL, column: SQL, value: SQL) {
        switch subject {
        case .kind(let kind): return (kind.rawValue, "kind = \(kind.rawValue)", "kind", "\(kind.rawValue)")
        case .key(let key):
            let id = try await self.number(ofKey: key, in: transaction)
            return (key, "key = \(id)", "key", "\(id)")
        }
    }
}
