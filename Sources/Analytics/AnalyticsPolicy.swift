/// How long answers and reports are good for.
public struct AnalyticsPolicy: Sendable {
    /// How long an answer is given again without asking.
    public var fresh: Duration
    /// How old an answer may be when Analytics Service does not answer.
    public var stale: Duration
    /// How long a report's file is kept.
    public var reportLife: Duration
    /// How long a finished report stands for the next request of the same.
    public var reportFresh: Duration

    /// A minute, a week, 30 days, an hour.
    public static let standard = AnalyticsPolicy(
        fresh: .seconds(60), stale: .seconds(7 * 86_400), reportLife: .seconds(30 * 86_400), reportFresh: .seconds(3600)
    )

    public init(fresh: Duration, stale: Duration, reportLife: Duration, reportFresh: Duration) {
        self.fresh = fresh
        self.stale = stale
        self.reportLife = reportLife
        self.reportFresh = reportFresh
    }
}
