public import Content
public import Postgres
import Storefront

/// What was done to companies, for ever: owner of `audit_log`.
///
/// The rows of each company are a chain: each has the hash of the one before in its own. The database refuses to change or
/// delete any, and whoever does it all the same breaks the chain where ``verify(_:against:)`` finds it.
public struct AuditLog: Sendable {
    let database: Database

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
    ///   together with the head, or a chain forged anew as a whole, are found by it alone. One that was cut off since is
    ///   no witness any more.
    public func verify(
        _ developer: DeveloperID, against witness: AuditHead?
    ) async throws(PostgresError) -> AuditVerification {
        let row = try await self.database.row(
            """
            WITH head AS (
                SELECT seq, hash, cut_seq, cut_hash FROM audit_chain WHERE developer_id = \(developer)
            ), cut AS (
                SELECT coalesce((SELECT cut_seq FROM head), 0) AS seq, coalesce((SELECT cut_hash FROM head), '\\x') AS hash
            ), link AS (
                SELECT log.seq, log.hash, log.prev_hash, audit_hash(log) AS computed,
                       cut.seq + row_number() OVER chain AS place, coalesce(lag(log.hash) OVER chain, cut.hash) AS expected
                FROM audit_log AS log CROSS JOIN cut WHERE log.developer_id = \(developer)
                WINDOW chain AS (ORDER BY log.seq)
            )
            SELECT (SELECT seq FROM cut) AS cut_seq,
                   (SELECT seq FROM cut) = 0 OR EXISTS (
                       SELECT FROM audit_log, cut
                       WHERE developer_id = \(developer) AND action = \(Self.pruned)
                         AND after ->> 'through_seq' = cut.seq::text
                         AND after ->> 'through_hash' = encode(cut.hash, 'hex')) AS is_attested,
                   (SELECT count(*) FROM link) AS records,
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
        let cut: Int64 = try row("cut_seq")
        if first == nil, (headSeq ?? 0) != cut + records || headHash.map({ $0 != lastHash ?? [] }) == true {
            first = min(headSeq ?? 0, cut + records) + 1
        }
        // A cut that the log itself does not tell of was made by somebody else.
        if first == nil, try !row("is_attested", as: Bool.self) { first = cut }
        if first == nil, let witness, witness.seq > cut, witnessed != witness.hash { first = witness.seq }
        return AuditVerification(records: records, firstBroken: first, head: head, prunedThrough: cut == 0 ? nil : cut)
    }
}
