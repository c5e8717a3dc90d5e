public import Content
public import FoundationEssentials
import Postgres
public import Storefront

/// One fact as everybody gets it, whichever way: CloudEvents 1.0 in its JSON format, with the extensions `sequence` and
/// distributed tracing.
public struct CloudEvent: Equatable, Sendable {
    /// Its place in the one sequence of everything that happened.
    public let seq: Int64
    public let id: UUID
    public let type: String
    public let developer: DeveloperID
    /// What it is about; events of one subject are in order.
    public let subject: String
    public let time: Date
    /// A JSON object.
    public let data: JSONValue
    /// The request that caused it; nil when none did.
    public let requestID: String?
    /// Where that request stood in its trace.
    public let traceparent: String?

    init(_ row: Row) throws(PostgresError) {
        self.seq = try row("seq")
        self.id = try row("event_id")
        self.type = try row("type")
        self.developer = try row("developer_id")
        self.subject = try row("aggregate")
        self.time = try row("occurred_at")
        let data: String = try row("data")
        guard let value = try? JSONParser.parse(Array(data.utf8)) else {
            throw .decoding(column: "data", expected: "JSON", got: "\(data.utf8.count) bytes")
        }
        self.data = value
        self.requestID = try row("request_id")
        self.traceparent = try row("traceparent")
    }

    static let columns: SQL = """
        event.seq, event.event_id, event.type, event.developer_id, event.aggregate, event.occurred_at,
        event.data::text AS data, event.request_id, event.traceparent
        """

    public var json: JSONValue {
        var object = JSONObject([
            ("specversion", "1.0"), ("id", .string(self.id.uuidString.lowercased())), ("type", .string(self.type)),
            ("source", .string("/developers/\(self.developer)")), ("subject", .string(self.subject)),
            ("time", .string(self.time.formatted(.iso8601))), ("datacontenttype", "application/json"),
            // Of one width, so that it sorts as text, which is what the extension asks for.
            ("sequence", .string(String(repeating: "0", count: max(0, 19 - "\(self.seq)".count)) + "\(self.seq)")),
            ("seq", .integer(self.seq)), ("data", self.data),
        ])
        if let requestID { object["requestid"] = .string(requestID) }
        if let traceparent { object["traceparent"] = .string(traceparent) }
        return .object(object)
    }
}
