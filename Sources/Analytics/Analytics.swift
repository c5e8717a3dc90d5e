public import Postgres

/// What Analytics Service knows of a company's games, and reports made of it: owner of `analytics_answers` and
/// `analytics_reports`.
///
/// Every question carries the company, so that nobody ever sees another's numbers.
public struct Analytics: Sendable {
    public let database: Database
    let client: AnalyticsClient
    let policy: AnalyticsPolicy
    let observer: any ReportObserver

    public init(
        database: Database, client: AnalyticsClient, policy: AnalyticsPolicy, observer: some ReportObserver
    ) {
        self.database = database
        self.client = client
        self.policy = policy
        self.observer = observer
    }
}
