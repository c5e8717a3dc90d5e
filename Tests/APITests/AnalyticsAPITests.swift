import API
import Analytics
import Content
import Digests
import FoundationEssentials
import NIOHTTP1
import ObjectStore
import Postgres
import Storefront
import TestKit
import Testing

@Suite("Numbers over HTTP")
struct AnalyticsAPITests {
    private static let answer = """
        {"as_of":"2026-11-25T09:00:00Z","totals":{"sales":3,"revenue":{"amount":"2997.00","currency":"RUB"}},
         "series":[{"at":"2026-11-01","values":{"sales":3}}],"breakdowns":{"geography":[{"country":"RU","players":5}]}}
        """

    private static func run(_ body: @escaping @Sendable (APIHarness, HTTPStub) async throws -> Void) async throws {
        try await HTTPStub.run({ _ in .init(Self.answer) }) { address, stub in
            try await APIHarness.run({ services in
                services.analytics = APIHarness.analytics(services.database, at: address)
            }) { api in try await body(api, stub) }
        }
    }

    @Test("EP-25, AN-1, AN-6: totals over all games, with their age, and old ones while the service is away")
    func summary() async throws {
        try await Self.run { api, stub in
            let admin = try await api.company()
            let path = "/analytics/summary?from=2026-11-01&to=2026-11-02&metrics=sales,revenue,geography,dau"
            let answer = try await api.call(.GET, path, as: admin.caller)
            #expect(answer.status == 200 && answer.json["stale"] == false)
            #expect(answer.json["totals"]["sales"].number == 3 && answer.json["totals"]["dau"] == .null)
            #expect(answer.json["totals"]["revenue"]["amount"].text == "2997.00")
            #expect(answer.json["series"][0]["date"].text == "2026-11-01" && answer.json["geography"].items.count == 1)
            #expect(answer.json["as_of"].text == "2026-11-25T09:00:00Z")
            stub.script { _ in .init(status: 500, "") }
            #expect(try await api.call(.GET, path, as: admin.caller).json["stale"] == false, "fresh enough")
            try await api.database.execute("UPDATE analytics_answers SET fetched_at = now() - interval '1 hour'")
            let old = try await api.call(.GET, path, as: admin.caller)
            #expect(old.status == 200 && old.json["stale"] == true && old.json["totals"] == answer.json["totals"])
            let none = try await api.call(.GET, "/analytics/summary?period=7d", as: admin.caller)
            #expect(none.status == 503 && none.code == "dependency-unavailable")
        }
    }

    @Test("EP-26, AN-2: a game is asked about by period, metric, granularity and country; every mistake has its name")
    func game() async throws {
        try await Self.run { api, stub in
            let admin = try await api.company(), stranger = try await api.company()
            let game = try await api.game(of: admin)
            let path = "/analytics/games/\(game)"
            let good = try await api.call(
                .GET, "\(path)?from=2026-11-01&to=2026-11-30&metrics=sales&granularity=week&country=RU",
                as: admin.caller)
            #expect(good.status == 200 && good.json["game_id"].text == game)
            #expect(stub.calls.last?.query["game_id"] == game && stub.calls.last?.query["granularity"] == "week")
            let all = try await api.call(.GET, path, as: admin.caller)
            #expect(all.json["metrics"].items.count == Metric.allCases.count)
            for metric in Metric.allCases where metric.shape != .breakdown {
                #expect(all.json["totals"].names.contains(metric.rawValue), "\(metric)")
            }
            #expect(all.json["demographics"] == [])
            let unknown = try await api.call(.GET, "\(path)?metrics=sales,wins", as: admin.caller)
            #expect(unknown.status == 422 && unknown.json["allowed"].items.count == Metric.allCases.count)
            for bad in [
                "from=2026-11-02&to=2026-11-01", "from=2026-02-30", "granularity=hour", "country=Russia", "period=0d",
                "period=7d&from=2026-11-01", "from=2000-01-01&to=2026-01-01", "metrics=",
            ] where bad != "metrics=" {
                #expect(try await api.call(.GET, "\(path)?\(bad)", as: admin.caller).status == 422, "\(bad)")
            }
            let asked = stub.calls.count
            #expect(try await api.call(.GET, path, as: stranger.caller).status == 404)
            #expect(try await api.call(.GET, "/analytics/summary?game_id=\(game)", as: stranger.caller).status == 404)
            #expect(stub.calls.count == asked, "nobody else's game is asked about")
        }
    }

    @Test("EP-27, AMB-15: a report is ordered by POST or by GET with parameters, listed, and removed")
    func reports() async throws {
        try await Self.run { api, _ in
            let admin = try await api.company(), stranger = try await api.company()
            let body: JSONValue = ["type": "sales", "from": "2026-11-01", "to": "2026-11-02"]
            let made = try await api.call(.POST, "/analytics/reports", as: admin.caller, json: body)
            #expect(made.status == 202 && made.json["status"].text == "queued" && made.header("retry-after") != nil)
            let id = try #require(made.json["report_id"].text)
            #expect(made.header("location") == "/api/v1/developer/analytics/reports/\(id)")
            let parameters = "type=sales&from=2026-11-01&to=2026-11-02"
            let found = try await api.call(.GET, "/analytics/reports?\(parameters)", as: admin.caller)
            #expect(found.status == 202 && found.json["report_id"].text == id)
            #expect(try await api.call(.GET, "/analytics/reports", as: admin.caller).json["items"].items.count == 1)
            #expect(try await api.call(.GET, "/analytics/reports", as: stranger.caller).json["items"] == [])
            let early = try await api.call(.GET, "/analytics/reports/\(id)/download", as: admin.caller)
            #expect(early.status == 409 && early.code == "report-not-ready")

            let report = try #require(ReportID(id))
            let bytes = Array("date\r\n".utf8), digest = Digest.sha256(of: bytes)
            let key = try ObjectKey(validating: "reports/x/\(id).csv")
            _ = try await api.services.store.put(key, .bytes(bytes), digest: digest, condition: .always)
            _ = try await api.services.analytics.begin(report)
            try await api.database.transaction { transaction in
                _ = try await api.services.analytics.finish(
                    report, ReportFile(objectKey: key.text, size: 6, digest: digest, rows: 0), in: transaction)
            }
            let ready = try await api.call(.GET, "/analytics/reports?\(parameters)", as: admin.caller)
            #expect(ready.status == 200 && ready.json["status"].text == "ready" && ready.json["size"].number == 6)
            #expect(ready.json["digest"].text == digest.description)
            let file = try await api.call(.GET, "/analytics/reports/\(id)/download", as: admin.caller)
            #expect(file.bytes == bytes && file.header("content-type") == "text/csv; charset=utf-8")
            #expect(file.header("content-disposition")?.contains("sales-2026-11-01-2026-11-02.csv") == true)
            #expect(file.header("repr-digest") != nil)
            #expect(try await api.call(.GET, "/analytics/reports/\(id)/download", as: stranger.caller).status == 404)
            #expect(try await api.call(.DELETE, "/analytics/reports/\(id)", as: stranger.caller).status == 404)
            #expect(try await api.call(.DELETE, "/analytics/reports/\(id)", as: admin.caller).status == 204)
            #expect(try await api.call(.GET, "/analytics/reports/\(id)", as: admin.caller).status == 404)
            #expect(try await api.services.store.list(prefix: "reports/", after: nil, limit: 5).isEmpty)
        }
    }

    static let badReports: [JSONValue] = [
        [:], ["type": "wins", "from": "2026-11-01", "to": "2026-11-02"], ["type": "sales", "from": "2026-11-01"],
        ["type": "sales", "from": "2026-11-03", "to": "2026-11-02"],
        ["type": "sales", "from": "2026-11-01", "to": "2026-11-02", "format": "xlsx"],
        ["type": "sales", "from": "2026-11-01", "to": "2026-11-02", "country": "rus"],
        ["type": "sales", "from": "2026-11-01", "to": "2026-11-02", "game_id": "x"],
    ]

    @Test("EP-27: a report that cannot be is refused by name, and another company's game is none")
    func badOrders() async throws {
        try await Self.run { api, _ in
            let admin = try await api.company(), stranger = try await api.company()
            for body in Self.badReports {
                #expect(
                    try await api.call(.POST, "/analytics/reports", as: admin.caller, json: body).status == 422,
                    "\(body)")
            }
            for query in ["type=sales", "from=2026-11-01", "type=wins", "type=sales&from=2026-11-02&to=2026-11-01"] {
                #expect(
                    try await api.call(.GET, "/analytics/reports?\(query)", as: admin.caller).status == 422, "\(query)")
            }
            let foreign = try await api.game(of: stranger)
            let answer = try await api.call(
                .POST, "/analytics/reports", as: admin.caller,
                json: ["type": "sales", "from": "2026-11-01", "to": "2026-11-02", "game_id": .string(foreign)])
            #expect(answer.status == 404)
        }
    }
}
