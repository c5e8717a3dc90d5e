import Analytics
import Content
import FoundationEssentials
import Storefront

/// Answers about games and reports as JSON.
enum AnalyticsJSON {
    static func answer(_ finding: Analytics.Finding, _ query: AnalyticsQuery, game: GameID?) -> JSONValue {
        let series = query.metrics.filter { $0.shape != .breakdown }
        var object = JSONObject([
            ("game_id", .text(game?.description)), ("from", .string(query.period.from.description)),
            ("to", .string(query.period.to.description)), ("granularity", .string(query.granularity.rawValue)),
            ("country", .text(query.country)), ("metrics", .array(query.metrics.map { .string($0.rawValue) })),
            ("as_of", .string(finding.answer.asOf)), ("fetched_at", .time(finding.fetchedAt)),
            ("stale", .bool(finding.isStale)),
            ("totals", .object(self.values(finding.answer.totals, of: series))),
            (
                "series",
                .array(
                    finding.answer.series.map { step in
                        var values = self.values(step.values, of: series)
                        values["date"] = .string(step.day.description)
                        return .object(values)
                    })
            ),
        ])
        for metric in query.metrics where metric.shape == .breakdown {
            object[metric.rawValue] = .array((finding.answer.breakdowns[metric] ?? []).map { .object($0) })
        }
        return .object(object)
    }

    static func report(_ report: ReportRecord, publicURL: String) -> JSONValue {
        let path = ReportRoutes.path(of: report.id)
        return [
            "report_id": .string(report.id.description), "type": .string(report.request.type.rawValue),
            "format": .string(report.request.format.rawValue), "from": .string(report.request.period.from.description),
            "to": .string(report.request.period.to.description), "game_id": .text(report.request.game),
            "country": .text(report.request.country), "status": .string(report.status.rawValue),
            "done": .bool(report.status.isSettled), "created_at": .time(report.createdAt),
            "finished_at": .time(report.finishedAt), "expires_at": .time(report.expiresAt),
            "size": .integer(report.file?.size), "digest": .text(report.file?.digest.description),
            "rows": .integer(report.file?.rows), "failure": report.failure ?? .null,
            "download_url": report.status == .ready ? .string("\(publicURL)\(path)/download") : .null,
        ]
    }

    private static func values(_ values: [Metric: JSONValue], of metrics: [Metric]) -> JSONObject {
        JSONObject(metrics.map { ($0.rawValue, values[$0] ?? .null) })
    }
}
