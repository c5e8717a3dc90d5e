import Storefront

/// An example of each shape, made of its schema, so that none is without one and none is out of date.
enum Examples {
    /// An example of a schema.
    ///
    /// - Parameters:
    ///   - name: of the member that has it, which says more than a type; empty for none.
    ///   - depth: shapes that may still be referred to; a shape that holds itself ends there.
    static func value(of schema: JSONValue, name: String = "", depth: Int = 6) -> JSONValue {
        guard case .object(let keywords) = schema else { return .null }
        if let example = keywords["example"] ?? keywords["const"] { return example }
        if case .string(let reference)? = keywords["$ref"], let word = reference.split(separator: "/").last {
            let target = Schemas.all[String(word)] ?? .null
            return depth > 0 ? self.value(of: target, name: name, depth: depth - 1) : .null
        }
        if case .array(let words)? = keywords["enum"] { return words.first { $0 != .null } ?? .null }
        for list in ["oneOf", "anyOf"] {
            guard case .array(let choices)? = keywords[list], let first = choices.first else { continue }
            return self.value(of: depth > 0 ? first : choices.last ?? first, name: name, depth: depth)
        }
        if case .array(let parts)? = keywords["allOf"] {
            var whole = JSONObject()
            for part in parts {
                for (member, value) in self.value(of: part, name: name, depth: depth).object?.members ?? [] {
                    whole[member] = value
                }
            }
            return .object(whole)
        }
        return self.value(ofType: self.type(of: keywords), keywords, name, depth)
    }

    private static func value(ofType type: String, _ keywords: JSONObject, _ name: String, _ depth: Int) -> JSONValue {
        switch type {
        case "object": self.object(keywords, name, depth)
        case "array":
            // An item that refers to what it stands in ends here.
            depth > 0 ? .array([self.value(of: keywords["items"] ?? .null, name: name, depth: depth)]) : .array([])
        case "integer", "number": self.numbers[name] ?? keywords["minimum"] ?? 1
        case "boolean": true
        case "string": .string(self.text(keywords, name))
        default: .null
        }
    }

    private static func object(_ keywords: JSONObject, _ name: String, _ depth: Int) -> JSONValue {
        var object = JSONObject()
        for (member, schema) in keywords["properties"]?.object?.members ?? [] {
            object[member] = self.value(of: schema, name: member, depth: depth)
        }
        if let values = keywords["additionalProperties"], case .object = values {
            object[name.hasPrefix("regional") ? "RU" : "name"] = self.value(of: values, name: name, depth: depth)
        }
        return .object(object)
    }

    /// The first type that is not null.
    private static func type(of keywords: JSONObject) -> String {
        switch keywords["type"] {
        case .string(let type)?: return type
        case .array(let types)?:
            for case .string(let type) in types where type != "null" { return type }
            return "null"
        default: return keywords["properties"] == nil ? "null" : "object"
        }
    }

    private static func text(_ keywords: JSONObject, _ name: String) -> String {
        if let text = self.texts[name] { return text }
        switch keywords["format"] {
        case "uuid"?: return "0190a0a0-0000-7000-8000-00000000000a"
        case "date-time"?: return "2026-11-25T10:00:00Z"
        case "date"?: return "2026-11-25"
        default: break
        }
        switch keywords["pattern"] {
        case "^[A-Z]{3}$"?: return "RUB"
        case "^[A-Z]{2}$"?: return "RU"
        case "^[0-9a-f]{64}$"?: return self.digest
        case "^-?[0-9]+([.][0-9]{1,4})?$"?: return "999.00"
        case "^[0-9]+\\.[0-9]+\\.[0-9]+$"?: return "1.0.0"
        default: return name.isEmpty ? "text" : name.replacing("_", with: " ")
        }
    }

    private static let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

    /// What members of these names are like, wherever they stand.
    private static let texts: [String: String] = [
        "title": "Sputnik", "company_name": "Studio", "email": "anna@example.com", "url": "https://example.com/hook",
        "version_string": "1.0.0", "changelog": "Fixes the orbit.", "amount": "1500.00", "currency": "RUB",
        "file_name": "screenshot.png", "short_description": "About a satellite.", "status": "pending",
        "description": "About a satellite and its way.", "tags": "space", "genres": "strategy",
        "permissions": "builds:write", "types": "version.ready", "reason": "The page has no screenshot.",
        "s3_path": "manifests/1", "object_key": "sdk/1.0.0.zip",
        "issuer": "https://token.actions.githubusercontent.com",
        "repository": "studio/game", "inn": "7707083893", "kpp": "773601001", "ogrn": "1027700132195",
        "bik": "044525225", "account_number": "40702810938000000001", "recipient_name": "ООО «Пример»",
        "bank_name": "ПАО Сбербанк", "job_id": "1", "next_cursor": "bmV4dA", "code": "not-found",
        "timezone": "Europe/Moscow", "starts_at": "2999-01-01T00:00:00Z", "ends_at": "2999-01-08T00:00:00Z",
        "discount_start_date": "2999-01-01T00:00:00Z", "discount_end_date": "2999-01-08T00:00:00Z",
        "allowed_networks": "192.0.2.0/24",
    ]

    private static let numbers: [String: JSONValue] = [
        "base_price": 999, "discount_price": 499, "file_size": 1_048_576, "size": 1_048_576, "progress": 1,
    ]
}
