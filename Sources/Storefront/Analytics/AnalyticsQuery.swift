/// A question about games, as it is asked, cached and hashed.
public struct AnalyticsQuery: Hashable, Sendable {
    public let period: Period
    /// Each once, in the order of ``Metric/allCases``; never empty.
    public let metrics: [Metric]
    public let granularity: Granularity
    /// ISO 3166-1 alpha-2; nil for the world.
    public let country: String?

    /// - Parameter metrics: empty for all.
    public init(period: Period, metrics: Set<Metric>, granularity: Granularity, country: String?) {
        self.period = period
        self.metrics = metrics.isEmpty ? Metric.allCases : Metric.allCases.filter(metrics.contains)
        self.granularity = granularity
        self.country = country
    }

    /// The same text for the same question, and for no other.
    public var canonical: String {
        [
            self.period.from.description, self.period.to.description,
            self.metrics.map(\.rawValue).joined(separator: ","), self.granularity.rawValue, self.country ?? "*",
        ].joined(separator: "/")
    }
}
