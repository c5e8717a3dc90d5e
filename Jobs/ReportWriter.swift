import Analytics
import Content
import Storefront

/// Writes the lines of a report, as CSV or as JSON.
struct ReportWriter {
    private let request: ReportRequest
    private var csv = CSVText()
    private var json: [UInt8] = []
    private var rows: Int64 = 0

    init(_ request: ReportRequest) {
        self.request = request
        switch request.format {
        case .csv: self.csv.append(Self.columns(of: request.type).map { .text($0) })
        case .json:
            let head: JSONValue = [
                "type": .string(request.type.rawValue), "from": .string(request.period.from.description),
                "to": .string(request.period.to.description), "country": .text(request.country),
            ]
            self.json = head.encoded().dropLast() + Array(",\"rows\":[".utf8)
        }
    }

    /// Bytes written so far.
    var size: Int { self.csv.bytes.count + self.json.count }

    mutating func append(_ answer: AnalyticsAnswer, of game: GameID, title: String) {
        let head: [Cell] = [.text(game.description), .text(title)]
        switch self.request.type {
        case .sales, .players:
            let metrics = Metric.series.filter(self.request.type.metrics.contains)
            for step in answer.series {
                self.append(
                    [.text(step.day.description)] + head + metrics.flatMap { Self.cells(step.values[$0], of: $0) })
            }
        case .geography:
            for row in answer.breakdowns[.geography] ?? [] {
                self.append(head + ["country", "players", "sales"].map { Cell(row[$0]) })
            }
        case .demographics:
            for row in answer.breakdowns[.demographics] ?? [] {
                self.append(head + ["group", "share"].map { Cell(row[$0]) })
            }
        }
    }

    /// The whole file, and how many lines of numbers it has.
    consuming func finish() -> (bytes: [UInt8], rows: Int64) {
        switch self.request.format {
        case .csv: return (self.csv.bytes, self.rows)
        case .json: return (self.json + Array("]}\n".utf8), self.rows)
        }
    }

    private mutating func append(_ cells: [Cell]) {
        switch self.request.format {
        case .csv: self.csv.append(cells.map(\.field))
        case .json:
            let members = zip(Self.columns(of: self.request.type), cells).map { ($0, $1.json) }
            if self.rows > 0 { self.json.append(UInt8(ascii: ",")) }
            self.json += JSONValue.object(JSONObject(Array(members))).encoded()
        }
        self.rows += 1
    }

    private static func columns(of type: ReportType) -> [String] {
        switch type {
        case .sales: ["date", "game_id", "title", "sales", "revenue", "currency", "refunds"]
        case .players: ["date", "game_id", "title", "installs", "dau", "mau", "playtime_minutes"]
        case .geography: ["game_id", "title", "country", "players", "sales"]
        case .demographics: ["game_id", "title", "group", "share"]
        }
    }

    /// Money fills two columns.
    private static func cells(_ value: JSONValue?, of metric: Metric) -> [Cell] {
        guard metric.shape == .money else { return [Cell(value)] }
        guard case .object(let money)? = value else { return [.empty, .empty] }
        guard case .string(let amount)? = money["amount"], case .string(let currency)? = money["currency"] else {
            return [.empty, .empty]
        }
        return [.number(amount), .text(currency)]
    }

    private enum Cell {
        case text(String)
        case number(String)
        case empty

        init(_ value: JSONValue?) {
            switch value {
            case .string(let text)?: self = .text(text)
            case .number(let number)?: self = .number(number.lexeme)
            case nil, .null?, .bool?, .array?, .object?: self = .empty
            }
        }

        var field: CSVText.Field {
            switch self {
            case .text(let text): .text(text)
            case .number(let digits): .number(digits)
            case .empty: .empty
            }
        }

        var json: JSONValue {
            switch self {
            // Digits in a string, so that no reader makes a binary fraction of an amount.
            case .text(let text), .number(let text): .string(text)
            case .empty: .null
            }
        }
    }
}
