public import Content
public import FoundationEssentials
public import Postgres
public import Storefront

/// A file of numbers about games.
public enum Report {}
public typealias ReportID = Identifier<Report>

/// One row of `analytics_reports`.
public struct ReportRecord: Equatable, Sendable {
    public let id: ReportID
    public let developer: DeveloperID
    public let request: ReportRequest
    public let status: ReportState
    public let requestedBy: UserID?
    public let createdAt: Date
    public let finishedAt: Date?
    public let expiresAt: Date?
    /// Nil before it is ready and after it has expired.
    public let file: ReportFile?
    /// Why it failed: a `Failure` as JSON.
    public let failure: JSONValue?
    /// Grows with every change.
    public let revision: Int64
    /// Where it stands in a list.
    public let position: ReportPosition

    /// The game it is about; nil for all.
    public var game: GameID? { self.request.game.flatMap { GameID($0) } }

    init(_ row: Row) throws(PostgresError) {
        self.id = try row("report_id")
        self.developer = try row("developer_id")
        self.request = try Self.request(row)
        self.status = try Self.word(row, "status", as: ReportState.self)
        self.requestedBy = try row("requested_by")
        self.createdAt = try row("created_at")
        self.finishedAt = try row("finished_at")
        self.expiresAt = try row("expires_at")
        self.file = try Self.file(row)
        let failure: String? = try row("failure")
        self.failure = failure.flatMap { try? JSONParser.parse(Array($0.utf8)) }
        self.revision = try row("revision")
        self.position = try ReportPosition(row, id: self.id)
    }

    static let columns: SQL = """
        report_id, developer_id, type, format, from_date::text AS from_date, to_date::text AS to_date, game_id, country,
        status, requested_by, created_at, finished_at, expires_at, object_key, size, digest, row_count, failure, revision,
        \(ListPositions.column(of: "created_at"))
        """

    private static func request(_ row: Row) throws(PostgresError) -> ReportRequest {
        let from: String = try row("from_date"), to: String = try row("to_date")
        guard let first = CalendarDay(from), let last = CalendarDay(to),
            let period = try? Period(from: first, to: last)
        else { throw .decoding(column: "from_date", expected: "Period", got: "\(from) \(to)") }
        let game: GameID? = try row("game_id")
        return ReportRequest(
            type: try self.word(row, "type", as: ReportType.self),
            format: try self.word(row, "format", as: ReportFormat.self), period: period, game: game?.description,
            country: try row("country"))
    }

    private static func file(_ row: Row) throws(PostgresError) -> ReportFile? {
        let key: String? = try row("object_key")
        let size: Int64? = try row("size"), digest: Digest? = try row("digest"), rows: Int64? = try row("row_count")
        guard let key, let size, let digest else { return nil }
        return ReportFile(objectKey: key, size: size, digest: digest, rows: rows ?? 0)
    }

    private static func word<Word: RawRepresentable<String>>(
        _ row: Row, _ column: String, as type: Word.Type
    ) throws(PostgresError) -> Word {
        let text: String = try row(column)
        guard let word = Word(rawValue: text) else {
            throw .decoding(column: column, expected: "\(Word.self)", got: text)
        }
        return word
    }
}

/// What was stored for a report.
public struct ReportFile: Equatable, Sendable {
    public let objectKey: String
    /// Bytes.
    public let size: Int64
    /// SHA-256 of the bytes.
    public let digest: Digest
    /// Lines of numbers, the heading not counted.
    public let rows: Int64

    public init(objectKey: String, size: Int64, digest: Digest, rows: Int64) {
        self.objectKey = objectKey
        self.size = size
        self.digest = digest
        self.rows = rows
    }
}

/// A place in the list of reports.
public typealias ReportPosition = ListPosition<ReportID>
