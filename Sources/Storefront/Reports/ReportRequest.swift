/// What is in a report: one line for each game and day, or for each game and country, or group of players.
public enum ReportType: String, CaseIterable, Hashable, Sendable {
    case sales
    case players
    case geography
    case demographics

    /// What it is made of.
    public var metrics: Set<Metric> {
        switch self {
        case .sales: [.sales, .revenue, .refunds]
        case .players: [.installs, .dau, .mau, .playtimeMinutes]
        case .geography: [.geography]
        case .demographics: [.demographics]
        }
    }
}

/// How a report's file is written.
public enum ReportFormat: String, CaseIterable, Hashable, Sendable {
    case csv
    case json
}

/// What a company wants a report of.
public struct ReportRequest: Hashable, Sendable {
    public let type: ReportType
    public let format: ReportFormat
    public let period: Period
    /// One game's id, in lower case; nil for all.
    public let game: String?
    public let country: String?

    public init(type: ReportType, format: ReportFormat, period: Period, game: String?, country: String?) {
        self.type = type
        self.format = format
        self.period = period
        self.game = game
        self.country = country
    }

    /// The same text for the same report, and for no other.
    public var canonical: String {
        [
            self.type.rawValue, self.format.rawValue, self.period.from.description, self.period.to.description,
            self.game ?? "*", self.country ?? "*",
        ].joined(separator: "/")
    }

    /// The question to Analytics Service behind it.
    public var query: AnalyticsQuery {
        AnalyticsQuery(period: self.period, metrics: self.type.metrics, granularity: .day, country: self.country)
    }
}
