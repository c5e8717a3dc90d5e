import API
import Content
import HTTPTypes
import NIOHTTP1
import Storefront
import TestKit
import Testing

@Suite("The API described by itself")
struct OpenAPITests {
    private struct Described: Sendable {
        let route: RouteDeclaration
        let json: JSONValue
    }

    /// Every route that the document has, with what it says of it.
    private static func described(_ document: JSONValue) throws -> [Described] {
        try RouteTable.all.filter { !$0.path.hasSuffix("**") }.map { route in
            let operation = document["paths"][route.path][route.method.rawValue.lowercased()]
            return Described(route: route, json: try #require(operation.object.map { .object($0) }, "\(route.path)"))
        }
    }

    private static func run(_ body: @Sendable (JSONValue, [Described]) throws -> Void) async throws {
        try await APIHarness.run { api in
            let document = try await api.call(.GET, "/openapi.json").json
            try body(document, try Self.described(document))
        }
    }

    @Test("every body and every answer in JSON has an example, and it is what its schema says")
    func examples() async throws {
        try await Self.run { document, operations in
            let schemas = JSONSchema(document: document)
            var count = 0
            for operation in operations {
                var bodies = [("body", operation.json["requestBody"])]
                for status in operation.json["responses"].names {
                    bodies.append((status, Self.resolved(operation.json["responses"][status], in: document)))
                }
                for (part, body) in bodies {
                    for type in body["content"].names
                    where type.hasSuffix("json") && body["content"][type]["schema"] != .null {
                        let media = body["content"][type]
                        guard media.object?["example"] != nil else {
                            Issue.record("\(operation.route.operation) \(part) has no example")
                            continue
                        }
                        let faults = schemas.faults(in: media["example"], media["schema"])
                        #expect(faults.isEmpty, "\(operation.route.operation) \(part)")
                        count += 1
                    }
                }
            }
            #expect(count > 1000)
        }
    }

    @Test("every operation says who may use it, as the table has it")
    func permissions() async throws {
        try await Self.run { _, operations in
            for operation in operations {
                let (json, access) = (operation.json, operation.route.access)
                var expected = ("x-permission", "x-platform-role", "x-service-scope")
                let actual = (
                    json["x-permission"].text ?? "", json["x-platform-role"].text ?? "",
                    json["x-service-scope"].text ?? ""
                )
                let schemes = json["security"].items.flatMap(\.names)
                switch access {
                case .everybody, .person: expected = ("", "", "")
                case .permission(let permission): expected = (permission.rawValue, "", "")
                case .platform(let role): expected = ("", role.rawValue, "")
                case .service(let permission): expected = ("", "", permission.rawValue)
                }
                #expect(actual == expected, "\(operation.route.operation)")
                #expect(schemes.contains("bearer") == (access != .everybody), "\(operation.route.operation)")
                if case .permission(let permission) = access {
                    #expect(schemes.contains("apiKey") == permission.isGrantableToKeys, "\(operation.route.operation)")
                }
            }
        }
    }

    @Test("every operation names its refusals, each a problem with an example, and none by default")
    func errors() async throws {
        try await Self.run { document, operations in
            for operation in operations {
                let responses = operation.json["responses"], route = operation.route
                let statuses = Set(responses.names)
                #expect(statuses.contains("\(route.status)") && !statuses.contains("default"), "\(route.operation)")
                if route.access != .everybody { #expect(statuses.isSuperset(of: ["401", "403", "429"])) }
                if route.request != nil { #expect(statuses.isSuperset(of: ["400", "413", "415", "422"])) }
                if route.path.contains("{") { #expect(statuses.contains("404")) }
                for status in statuses where status >= "4" {
                    let problem = Self.resolved(responses[status], in: document)
                    let media = problem["content"]["application/problem+json"]
                    #expect(
                        media["example"]["status"] == .number(JSONNumber(Int(status) ?? 0)),
                        "\(route.operation) \(status)")
                    #expect(problem["description"].text != nil)
                }
            }
        }
    }

    private static func resolved(_ response: JSONValue, in document: JSONValue) -> JSONValue {
        guard let name = response["$ref"].text?.split(separator: "/").last else { return response }
        return document["components"]["responses"][String(name)]
    }
}
