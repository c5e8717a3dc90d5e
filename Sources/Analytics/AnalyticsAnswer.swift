public import Storefront

/// What Analytics Service says to one question.
public struct AnalyticsAnswer: Equatable, Sendable {
    /// How new its numbers are; RFC 3339, in its own words.
    public let asOf: String
    /// For the whole period; a metric it knows nothing of is null.
    public let totals: [Metric: JSONValue]
    /// In order of days.
    public let series: [Step]
    /// Tables of geography and demographics, as they came.
    public let breakdowns: [Metric: [JSONObject]]

    public struct Step: Equatable, Sendable {
        /// The first day of the step.
        public let day: CalendarDay
        public let values: [Metric: JSONValue]
    }

    /// Reads an answer; what was not asked for is left out, so that nothing is shown by surprise.
    ///
    /// - Throws: ``Unreadable``.
    init(_ json: JSONValue, to query: AnalyticsQuery) throws(Unreadable) {
        guard case .object(let object) = json, case .string(let asOf)? = object["as_of"], asOf.utf8.count <= 40 else {
            throw Unreadable(reason: "there is no as_of")
        }
        self.asOf = asOf
        self.totals = try Self.values(object["totals"], of: query.metrics, at: "totals")
        var steps: [Step] = []
        if case .array(let items)? = object["series"] {
            guard items.count <= Period.longest else { throw Unreadable(reason: "the series is too long") }
            for item in items {
                guard case .object(let step) = item, case .string(let text)? = step["at"], let day = CalendarDay(text)
                else { throw Unreadable(reason: "a step of the series has no day") }
                let metrics = query.metrics.filter { $0.shape != .breakdown }
                steps.append(Step(day: day, values: try Self.values(step["values"], of: metrics, at: text)))
            }
        }
        self.series = steps.sorted { $0.day < $1.day }
        var breakdowns: [Metric: [JSONObject]] = [:]
        if case .object(let tables)? = object["breakdowns"] {
            for metric in query.metrics where metric.shape == .breakdown {
                guard case .array(let rows)? = tables[metric.rawValue] else { continue }
                guard rows.count <= 1000 else { throw Unreadable(reason: "the table \(metric.rawValue) is too long") }
                breakdowns[metric] = rows.compactMap { if case .object(let row) = $0 { row } else { nil } }
            }
        }
        self.breakdowns = breakdowns
    }

    struct Unreadable: Error, Equatable {
        let reason: String
    }

    private static func values(
        _ json: JSONValue?, of metrics: [Metric], at place: String
    ) throws(Unreadable) -> [Metric: JSONValue] {
        guard case .object(let object)? = json else { throw Unreadable(reason: "\(place) is not an object") }
        var values: [Metric: JSONValue] = [:]
        for metric in metrics where metric.shape != .breakdown {
            switch (metric.shape, object[metric.rawValue]) {
            case (_, nil), (_, .null?): values[metric] = .null
            case (.count, .number(let number)?) where number.int64 != nil: values[metric] = .number(number)
            case (.money, .object(let object)?):
                guard case .string(let code)? = object["currency"], let currency = Currency(code),
                    let amount = object["amount"].flatMap({ try? Money($0, currency) })
                else { throw Unreadable(reason: "\(metric.rawValue) of \(place) is not money") }
                values[metric] = amount.json
            default: throw Unreadable(reason: "\(metric.rawValue) of \(place) is not what it should be")
            }
        }
        return values
    }
}
