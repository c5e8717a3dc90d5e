import HTTPTypes
import Storefront

extension RouteTable {
    /// Numbers about games, and reports of them.
    static let analytics: [RouteDeclaration] = [
        route(
            .getAnalyticsSummary, .get, "/analytics/summary", .permission(.analyticsRead),
            "Read numbers about all games",
            nil, 200, "Analytics"),
        route(
            .getGameAnalytics, .get, "/analytics/games/{game_id}", .permission(.analyticsRead),
            "Read numbers about a game", nil, 200, "Analytics"),
        route(
            .orderReport, .post, "/analytics/reports", .permission(.analyticsRead), "Order a report", "NewReport", 202,
            "Report"),
        route(
            .listReports, .get, "/analytics/reports", .permission(.analyticsRead),
            "List reports, or find or order one by its parameters", nil, 200, "ReportList"),
        route(.getReport, .get, report, .permission(.analyticsRead), "Read a report", nil, 200, "Report"),
        route(
            .downloadReport, .get, "\(report)/download", .permission(.analyticsRead), "Download a report's file", nil,
            200,
            nil),
        route(.deleteReport, .delete, report, .permission(.analyticsRead), "Delete a report", nil, 204, nil),
    ]

    private static let report = "/analytics/reports/{report_id}"
}
