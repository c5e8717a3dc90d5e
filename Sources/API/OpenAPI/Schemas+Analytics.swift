import Storefront

extension Schemas {
    /// Of numbers about games, and of reports.
    static let analytics: [(String, JSONValue)] = [
        ("Analytics", answer), ("NewReport", newReport), ("Report", report), ("ReportList", list("Report")),
    ]

    private static let date: JSONValue = ["type": "string", "format": "date"]
    private static let country: JSONValue = ["type": ["string", "null"], "pattern": "^[A-Z]{2}$"]
    private static let rows: JSONValue = array(["type": "object"])

    private static let answer = object(
        [
            "game_id": nullable("string"), "from": date, "to": date, "granularity": words(Granularity.self),
            "country": country, "metrics": array(words(Metric.self)), "as_of": time, "fetched_at": time, "stale": flag,
            "totals": ["type": "object"], "series": rows, "geography": rows, "demographics": rows,
        ], ["from", "to", "granularity", "metrics", "as_of", "fetched_at", "stale", "totals", "series"])

    private static let newReport = object(
        [
            "type": words(ReportType.self), "format": words(ReportFormat.self), "from": date, "to": date,
            "game_id": nullable("string"), "country": country,
        ], ["type", "from", "to"])

    private static let report = object(
        [
            "report_id": id, "type": words(ReportType.self), "format": words(ReportFormat.self), "from": date,
            "to": date,
            "game_id": nullable("string"), "country": country, "status": words(ReportState.self), "done": flag,
            "created_at": time, "finished_at": perhapsTime, "expires_at": perhapsTime, "size": nullable("integer"),
            "digest": nullable("string"), "rows": nullable("integer"), "failure": perhaps("Failure"),
            "download_url": nullable("string"),
        ], ["report_id", "type", "format", "from", "to", "status", "done", "created_at"])
}
