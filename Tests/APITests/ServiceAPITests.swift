import API
import Access
import Content
import FoundationEssentials
import HTTPTypes
import Metrics
import NIOHTTP1
import Storefront
import Telemetry
import Testing

@Suite("What machines ask")
struct ServiceAPITests {
    @Test("probes, metrics and keys answer anybody")
    func probes() async throws {
        try await APIHarness.run { api in
            #expect(try await api.call(.GET, "/livez").json == ["status": "alive"])
            let ready = try await api.call(.GET, "/readyz")
            #expect(ready.json == ["status": "ready", "checks": [["name": "database", "status": "ready"]]])
            let metrics = try await api.call(.GET, "/metrics")
            #expect(metrics.bytes == Array("up 1\n".utf8))
            #expect(metrics.header("content-type")?.hasPrefix("text/plain; version=0.0.4") == true)
            let keys = try await api.call(.GET, "/.well-known/slipway-keys.json").json["keys"]
            #expect(keys.items.count == 1 && keys[0]["alg"].text == "Ed25519" && keys[0]["kid"].text?.count == 16)
            #expect(Data(base64Encoded: keys[0]["public_key"].text ?? "")?.count == 32)
            let set = try await api.call(.GET, "/.well-known/jwks.json")
            #expect(set.bytes == api.issuer.keySet && set.header("content-type") == "application/jwk-set+json")
        }
    }

    /// The metrics of the whole test process; there is one system of them.
    private static let registry: PrometheusRegistry = {
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        return registry
    }()

    @Test("requests are counted and timed by route, method and class of status, whatever their paths")
    func requestMetrics() async throws {
        let registry = Self.registry
        try await APIHarness.run {
            $0.renderMetrics = { Array(registry.render().utf8) }
        } _: { api in
            for _ in 0..<3 { _ = try await api.call(.GET, "/games/\(UUID())") }
            _ = try await api.call(.GET, "/no/such/\(UUID())")
            let text = String(decoding: try await api.call(.GET, "/metrics").bytes, as: UTF8.self)
            let line = #"http_requests_total{method="GET",route="/api/v1/developer/games/{game_id}",status="4xx"} "#
            let counted = text.split(separator: "\n").first { $0.hasPrefix(line) }
            #expect((counted.flatMap { Int($0.dropFirst(line.count)) } ?? 0) >= 3, "\(text)")
            #expect(text.contains(#"route="NotFound",status="4xx""#))
            #expect(text.contains("http_request_duration_seconds_bucket"))
        }
    }

    @Test("where a platform issues the tokens there is no key set of ours")
    func noIssuer() async throws {
        try await APIHarness.run {
            $0.tokenKeySet = nil
        } _: { api in
            let answer = try await api.call(.GET, "/.well-known/jwks.json")
            #expect(answer.status == 404)
        }
    }

    @Test("the OpenAPI document names every route and no other, and every schema it uses")
    func document() async throws {
        try await APIHarness.run { api in
            let document = try await api.call(.GET, "/openapi.json").json
            #expect(document["openapi"].text == "3.1.0")
            var named: Set<String> = [], identifiers: [String] = []
            for path in document["paths"].names {
                for method in document["paths"][path].names {
                    named.insert("\(method) \(path)")
                    let operation = document["paths"][path][method]
                    identifiers.append(operation["operationId"].text ?? "")
                    let inPath = path.split(separator: "/").filter { $0.hasPrefix("{") }.count
                    let told = operation["parameters"].items.filter { $0["in"].text == "path" }
                    #expect(told.count == inPath, "\(path)")
                }
            }
            let routes = RouteTable.all.filter { !$0.path.hasSuffix("**") }
            #expect(named == Set(routes.map { "\($0.method.rawValue.lowercased()) \($0.path)" }))
            #expect(Set(identifiers).count == identifiers.count && !identifiers.contains(""))
            let schemas = Set(document["components"]["schemas"].names)
            let responses = Set(document["components"]["responses"].names)
            for reference in Self.references(in: document) {
                let name = reference.split(separator: "/").last.map(String.init) ?? ""
                let isThere = reference.contains("/responses/") ? responses.contains(name) : schemas.contains(name)
                #expect(isThere, "\(reference)")
            }
        }
    }

    private static func references(in value: JSONValue) -> [String] {
        switch value {
        case .array(let items): items.flatMap { Self.references(in: $0) }
        case .object(let object):
            object.members.flatMap { name, value in
                name == "$ref" ? [value.text ?? ""] : Self.references(in: value)
            }
        case .null, .bool, .number, .string: []
        }
    }

    @Test("every operation has a route, and none but aliases has two")
    func table() {
        let owned = RouteTable.all.filter { !$0.isAlias }.map(\.operation)
        #expect(Set(owned) == Set(API.Operation.allCases) && owned.count == API.Operation.allCases.count)
        for alias in RouteTable.all where alias.isAlias {
            let owner = RouteTable.all.first { !$0.isAlias && $0.operation == alias.operation }
            #expect(owner?.access == alias.access, "\(alias.path)")
        }
    }
}
