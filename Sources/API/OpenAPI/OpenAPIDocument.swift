import HTTPTypes
import Storefront

/// The API described by itself (OpenAPI 3.1), made of the route table, so that it names every route and no other.
enum OpenAPIDocument {
    static func make(publicURL: String) -> JSONValue {
        var paths = JSONObject()
        for route in RouteTable.all where !route.path.hasSuffix("**") {
            var item = paths[route.path]?.object ?? JSONObject()
            item[route.method.rawValue.lowercased()] = self.operation(route)
            paths[route.path] = .object(item)
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": "Slipway Developer Service", "version": "1.0.0", "license": ["name": "MIT"]],
            "servers": [["url": .string(publicURL)]], "paths": .object(paths),
            "components": [
                "schemas": .object(Schemas.all), "responses": .object(ProblemResponses.all),
                "securitySchemes": [
                    "bearer": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"],
                    "apiKey": ["type": "apiKey", "in": "header", "name": "X-API-Key"],
                ],
            ],
        ]
    }

    private static func operation(_ route: RouteDeclaration) -> JSONValue {
        var object = JSONObject([
            ("operationId", .string(self.identifier(of: route))), ("summary", .string(route.summary)),
        ])
        let parameters = OperationParameters.all(of: route)
        if !parameters.isEmpty { object["parameters"] = .array(parameters) }
        if let schema = route.request {
            object["requestBody"] = [
                "required": .bool(!self.optionalBodies.contains(route.operation)),
                "content": ["application/json": self.content(self.reference(schema))],
            ]
        } else if route.takesBytes {
            object["requestBody"] = ["required": true, "content": ["application/octet-stream": [:]]]
        }
        var success = JSONObject([("description", .string(route.summary))])
        if let type = self.contentType(of: route) {
            let content: JSONValue = route.response.map { self.content(self.reference($0)) } ?? [:]
            success["content"] = .object(JSONObject([(type, content)]))
        }
        var responses = JSONObject([("\(route.status)", .object(success))])
        if route.answersUnchanged { responses["304"] = ["description": "It is as it was: If-None-Match has its ETag"] }
        for (status, meaning) in route.otherSuccesses {
            responses["\(status)"] = self.answer(meaning, route.response.map(self.reference) ?? [:])
        }
        if route.servesObject {
            responses["206"] = ["description": "The part that Range asked for"]
            responses["307"] = ["description": "The store gives it itself, at Location, for a while"]
        }
        for status in route.errorStatuses {
            responses["\(status)"] = ["$ref": .string("#/components/responses/Problem\(status)")]
        }
        if route.operation == .listReports {
            // With parameters it finds the report they describe, or orders it.
            let either: JSONValue = ["anyOf": [self.reference("ReportList"), self.reference("Report")]]
            responses["200"] = self.answer("Reports, or the one that was described", either)
            responses["202"] = self.answer("The report that was ordered", self.reference("Report"))
        }
        object["responses"] = .object(responses)
        switch route.access {
        case .everybody: object["security"] = []
        case .person: object["security"] = [["bearer": []]]
        case .permission(let permission):
            object["security"] = permission.isGrantableToKeys ? [["bearer": []], ["apiKey": []]] : [["bearer": []]]
            object["x-permission"] = .string(permission.rawValue)
        case .platform(let role):
            object["security"] = [["bearer": []]]
            object["x-platform-role"] = .string(role.rawValue)
        case .service(let permission):
            object["security"] = [["bearer": []]]
            object["x-service-scope"] = .string(permission.rawValue)
        }
        return .object(object)
    }

    /// Operations whose body only says what otherwise is chosen.
    private static let optionalBodies: Set<Operation> = [
        .completeUpload, .submitVersion, .publishGame, .rollBackChannel, .retryAnyJob, .cancelAnyJob, .discardJob,
    ]

    /// Each must be the only one of its name.
    private static func identifier(of route: RouteDeclaration) -> String {
        guard route.isAlias else { return route.operation.rawValue }
        switch route.method {
        case .patch: return route.operation.rawValue + "ByPatch"
        case .post: return route.operation.rawValue + "ByRedrive"
        default: return route.operation.rawValue + "ByDeltas"
        }
    }

    /// Of the answer; nil when it has no content.
    private static func contentType(of route: RouteDeclaration) -> String? {
        switch route.operation {
        case .getTokenKeys: "application/jwk-set+json"
        case .getManifest, .getVersionManifest: "application/vnd.slipway.manifest"
        case .getPatch: "application/vnd.slipway.patch"
        case .getPack, .downloadSDK: "application/octet-stream"
        case .readMedia: "application/octet-stream"
        case .watchJob: "text/event-stream"
        case .getMetrics: "text/plain"
        case .downloadReport: "text/csv"
        case .getOpenAPI: "application/json"
        case .getDocumentation: "text/html"
        default: route.response == nil ? nil : "application/json"
        }
    }

    private static func answer(_ description: String, _ schema: JSONValue) -> JSONValue {
        ["description": .string(description), "content": ["application/json": self.content(schema)]]
    }

    /// A schema and an example of it.
    private static func content(_ schema: JSONValue) -> JSONValue {
        ["schema": schema, "example": Examples.value(of: schema)]
    }

    private static func reference(_ schema: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(schema)")] }
}
