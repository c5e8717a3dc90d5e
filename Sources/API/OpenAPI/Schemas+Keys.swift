import Storefront

extension Schemas {
    /// Of API keys.
    static let keys: [(String, JSONValue)] = [
        ("NewKey", newKey), ("Key", key(extra: [:])), ("KeyList", list("Key")),
        ("CreatedKey", key(extra: ["api_key": ["type": "string"]])),
    ]

    private static let newKey = object(
        ["name": nullable("string"), "permissions": array(scope), "expires_at": perhapsTime], ["permissions"])

    private static let scope: JSONValue = [
        "type": "string", "enum": .array(Permission.grantableToKeys.map { .string($0.rawValue) }),
    ]

    private static func key(extra: JSONValue) -> JSONValue {
        var properties = JSONObject([
            ("key_id", id), ("name", nullable("string")), ("key_prefix", string), ("permissions", array(scope)),
            ("created_at", time), ("last_used_at", perhapsTime), ("expires_at", perhapsTime), ("is_active", flag),
            ("created_by", nullable("string")),
        ])
        for (name, value) in extra.object?.members ?? [] { properties[name] = value }
        return object(.object(properties), ["key_id", "key_prefix", "permissions", "created_at", "is_active"])
    }
}
