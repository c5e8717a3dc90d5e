import Content
public import FoundationEssentials
import Postgres
import Storefront

/// One row of `audit_log`.
public struct AuditRecord: Equatable, Sendable {
    /// Its place in the company's chain, from 1.
    public let seq: Int64
    public let at: Date
    public let actor: AuditActor
    public let entry: AuditEntry
    /// Of the row before; empty for the first.
    public let previousHash: [UInt8]
    public let hash: [UInt8]

    init(_ row: Row) throws(PostgresError) {
        self.seq = try row("seq")
        self.at = try row("at")
        let kind: String = try row("actor_kind")
        guard let known = AuditActor.Kind(rawValue: kind) else {
            throw .decoding(column: "actor_kind", expected: "AuditActor.Kind", got: kind)
        }
        self.actor = AuditActor(
            kind: known, identifier: try row("actor"), address: try row("address"), userAgent: try row("user_agent"),
            requestID: try row("request_id"))
        self.entry = AuditEntry(
            developer: try row("developer_id"), action: try row("action"), target: try row("target"),
            before: try Self.json(row, "before"), after: try Self.json(row, "after"))
        self.previousHash = try row("prev_hash")
        self.hash = try row("hash")
    }

    static let columns: SQL = """
        developer_id, seq, at, actor_kind, actor, address, user_agent, request_id, action, target, before, after,
        prev_hash, hash
        """

    private static func json(_ row: Row, _ column: String) throws(PostgresError) -> JSONValue? {
        let text: String? = try row(column)
        guard let text else { return nil }
        guard let value = try? JSONParser.parse(Array(text.utf8)) else {
            throw .decoding(column: column, expected: "JSON", got: "\(text.utf8.count) bytes")
        }
        return value
    }
}
