public import Content
public import Postgres
import Storefront

/// What was done to companies, for ever: owner of `audit_log`.
///
/// The rows of each company are a chain: each has the hash of the one before in its own. The database refuses to change or
/// delete any, and whoever does it all the same breaks the chain where ``verify(_:against:)`` finds it.
public struct AuditLog: Sendable {
    private let database: Database

    public init(database: Database) { self.database = database }

    /// Adds an entry, done by ``AuditActor/current``: it is there if the caller's transaction commits.
    ///
    /// The last thing a transaction does, for it holds up every other one that adds for the same company.
    public static func append(_ entry: AuditEntry, in transaction: Transaction) async throws(PostgresError) {
        let actor = AuditActor.current
        try await transaction.execute(
            """
            INSERT INTO audit_log
                (developer_id, actor_kind, actor, address, user_agent, request_id, action, target, before, after)
            VALUES (\(entry.developer), \(actor.kind.rawValue), \(actor.identifier), \(actor.address),
                    \(actor.userAgent), \(actor.requestID), \(entry.action), \(entry.target),
                    \(entry.before?.description)::jsonb, \(entry.after?.description)::jsonb)
            """)
    }

    /// A company's records, newest first.
    ///
    /// - Parameters:
    ///   - before: the number of the last record of the page before.
    ///   - limit: 1 or more.
    public func list(
        of developer: DeveloperID, _ filter: AuditFilter, before: Int64?, limit: Int
    ) async throws(PostgresError) -> [AuditRecord] {
        var conditions: SQL = "developer_id = \(developer)"
        if let before { conditions = "\(conditions) AND seq < \(before)" }
        if let action = filter.action {
            conditions = "\(conditions) AND (action = \(action) OR starts_with(action, \(action + ".")))"
        }
        if let actor = filter.actor { conditions = "\(conditions) AND actor = \(actor)" }
        if let target = filter.target { conditions = "\(conditions) AND target = \(target)" }
        if let from = filter.from { conditions = "\(conditions) AND at >= \(from)" }
        if let until = filter.until { conditions = "\(conditions) AND at < \(until)" }
        if let domains = filter.domains {
            conditions = "\(conditions) AND split_part(action, '.', 1) = ANY (\(domains)::text[])"
        }
        return try await self.database.rows(
            """
            SELECT \(AuditRecord.columns) FROM audit_log
            WHERE \(conditions)
            ORDER BY seq DESC
            LIMIT \(limit)
            """
        ).map { row throws(PostgresError) in try AuditRecord(row) }
    }

    /// Computes a company's chain again.
    ///
    /// - Parameter witness: a head that somebody wrote down outside of the database; nil for none. Rows cut off at the end
    ///   together with the head, or a chain forged anew as a whole, are found by it alone.
    public func verify(
        _ developer: DeveloperID, against witness: AuditHead?
    ) async throws(PostgresError) -> AuditVerification {
        let row = try await self.database.row(
            """
            WITH link AS (
                SELECT seq, hash, prev_hash, audit_hash(audit_log) AS computed,
                       row_number() OVER chain AS place, coalesce(lag(hash) OVER chain, '\\x') AS expected
                FROM audit_log WHERE developer_id = \(developer)
                WINDOW chain AS (ORDER BY seq)
            ), head AS (SELECT seq, hash FROM audit_chain WHERE developer_id = \(developer))
            SELECT (SELECT count(*) FROM link) AS records,
                   (SELECT min(CASE WHEN seq <> place THEN place ELSE seq END) FROM link
                    WHERE seq <> place OR hash <> computed OR prev_hash <> expected) AS broken,
                   (SELECT seq FROM head) AS head_seq, (SELECT hash FROM head) AS head_hash,
                   (SELECT hash FROM link WHERE seq = \(witness?.seq)) AS witnessed,
                   (SELECT hash FROM link ORDER BY seq DESC LIMIT 1) AS last_hash
            """)
        guard let row else { throw .unexpected("SELECT gave no row") }
        let records: Int64 = try row("records"), broken: Int64? = try row("broken")
        let headSeq: Int64? = try row("head_seq"), headHash: [UInt8]? = try row("head_hash")
        let lastHash: [UInt8]? = try row("last_hash"), witnessed: [UInt8]? = try row("witnessed")
        let head = headSeq.flatMap { seq in headHash.map { AuditHead(seq: seq, hash: $0) } }
        var first = broken
        // The rows are a chain, but a shorter one than was once written.
        if first == nil, (headSeq ?? 0) != records || headHash.map({ $0 != lastHash ?? [] }) == true {
            first = min(headSeq ?? 0, records) + 1
        }
        if first == nil, let witness, witnessed != witness.hash { first = witness.seq }
        return AuditVerification(records: records, firstBroken: first, head: head)
    }
}
