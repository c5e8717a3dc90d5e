import Storefront

/// The shapes of bodies, as JSON Schema.
enum Schemas {
    static let all = JSONObject([("Problem", problem)] + families.flatMap { $0 })

    private static let families: [[(String, JSONValue)]] = [
        accounts, documents, games, versions, reports, uploads, jobs, content, keys, audit, webhooks, notifications,
        sdk,
        listing, pricing, releases, playerReviews, installs, analytics, finance, operators, service, usage,
    ]

    static let id: JSONValue = ["type": "string", "format": "uuid"]
    static let time: JSONValue = ["type": "string", "format": "date-time"]
    static let perhapsTime: JSONValue = ["type": ["string", "null"], "format": "date-time"]
    static let integer: JSONValue = ["type": "integer"]
    static let flag: JSONValue = ["type": "boolean"]
    static let string: JSONValue = ["type": "string"]
    static let details: JSONValue = ["type": ["object", "null"]]

    static let problem = object(
        [
            "type": string, "title": string, "status": integer, "detail": string, "instance": string, "code": string,
            "request_id": string,
            "errors": array(
                object(["pointer": string, "code": string, "message": string], ["pointer", "code", "message"])),
        ], ["type", "title", "status", "code", "request_id"])

    static func object(_ properties: JSONValue, _ required: [String]) -> JSONValue {
        ["type": "object", "properties": properties, "required": .array(required.map { .string($0) })]
    }

    static func list(_ item: String) -> JSONValue {
        object(["items": array(reference(item)), "next_cursor": nullable("string")], ["items", "next_cursor"])
    }

    static func array(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

    static func text(_ length: Int) -> JSONValue {
        ["type": "string", "minLength": 1, "maxLength": .integer(length)]
    }

    static func nullable(_ type: JSONValue) -> JSONValue { ["type": [type, "null"]] }

    static func perhaps(_ schema: String) -> JSONValue { ["anyOf": [reference(schema), ["type": "null"]]] }

    static func reference(_ schema: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(schema)")] }

    static func words<Word: RawRepresentable<String> & CaseIterable>(_ type: Word.Type) -> JSONValue {
        ["type": "string", "enum": .array(Word.allCases.map { .string($0.rawValue) })]
    }
}
