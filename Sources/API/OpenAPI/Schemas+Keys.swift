import Storefront

extension Schemas {
    /// Of API keys.
    static let keys: [(String, JSONValue)] = [
        ("NewKey", newKey), ("Key", key(extra: [:])), ("KeyList", list("Key")),
        ("CreatedKey", key(extra: ["api_key": ["type": "string"]])),
        ("KeyRotation", object(["overlap_seconds": ["type": ["integer", "null"], "minimum": 0]], [])),
        ("NewTrust", newTrust), ("Trust", trust), ("TrustList", list("Trust")),
        ("TokenExchange", object(["token": string, "trust_id": nullable("string")], ["token"])),
        ("ExchangedKey", exchangedKey),
    ]

    private static let newKey = object(
        [
            "name": nullable("string"), "permissions": array(scope), "expires_at": perhapsTime, "game_ids": gameIDs,
            "networks": ["type": ["array", "null"], "items": string],
        ], ["permissions"])

    private static let gameIDs: JSONValue = ["type": ["array", "null"], "items": id]

    private static let newTrust = object(
        [
            "name": text(100), "issuer": string, "repository": text(200), "ref": nullable("string"),
            "environment": nullable("string"), "game_ids": gameIDs, "permissions": array(scope),
        ], ["name", "issuer", "repository", "permissions"])

    private static let trust = object(
        [
            "trust_id": id, "name": text(100), "issuer": string, "repository": string, "ref": nullable("string"),
            "environment": nullable("string"), "game_ids": gameIDs, "permissions": array(scope), "created_by": id,
            "created_at": time, "last_used_at": perhapsTime,
        ], ["trust_id", "name", "issuer", "repository", "permissions", "created_at"])

    private static let exchangedKey = object(
        [
            "access_token": string, "token_type": ["const": "Bearer"], "expires_in": integer, "expires_at": time,
            "developer_id": id, "trust_id": id, "game_ids": gameIDs, "permissions": array(scope),
        ], ["access_token", "token_type", "expires_in", "developer_id", "permissions"])

    private static let scope: JSONValue = [
        "type": "string", "enum": .array(Permission.grantableToKeys.map { .string($0.rawValue) }),
    ]

    private static func key(extra: JSONValue) -> JSONValue {
        var properties = JSONObject([
            ("key_id", id), ("name", nullable("string")), ("key_prefix", string), ("permissions", array(scope)),
            ("created_at", time), ("last_used_at", perhapsTime), ("expires_at", perhapsTime), ("is_active", flag),
            ("created_by", nullable("string")), ("game_ids", gameIDs), ("networks", array(string)),
            ("replaced_by", nullable("string")),
        ])
        for (name, value) in extra.object?.members ?? [] { properties[name] = value }
        return object(.object(properties), ["key_id", "key_prefix", "permissions", "created_at", "is_active"])
    }
}
