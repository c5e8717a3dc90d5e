import Storefront

extension Schemas {
    /// Of the SDK.
    static let sdk: [(String, JSONValue)] = [
        ("SDKRelease", release), ("SDKReleaseList", list("SDKRelease")), ("NewSDKRelease", newRelease),
    ]

    private static let release = object(
        [
            "version": string, "file_name": string, "file_size": integer, "file_hash": string,
            "notes": nullable("string"), "released_at": time, "download_url": string,
        ], ["version", "file_name", "file_size", "file_hash", "released_at", "download_url"])

    private static let newRelease = object(
        [
            "version": ["type": "string", "pattern": "^[0-9]+\\.[0-9]+\\.[0-9]+$"], "file_name": text(255),
            "object_key": text(1000), "file_hash": ["type": "string", "pattern": "^[0-9a-f]{64}$"],
            "notes": nullable("string"),
        ], ["version", "file_name", "object_key", "file_hash"])
}
