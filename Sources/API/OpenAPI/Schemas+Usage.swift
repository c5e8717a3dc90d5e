import Storefront

extension Schemas {
    /// Of the accounts of bytes.
    static let usage: [(String, JSONValue)] = [
        ("StorageUsage", storageUsage), ("StorageUsageList", list("StorageUsage")),
    ]

    private static let storageUsage = object(
        [
            "developer_id": id, "stored_bytes": integer,
            "stored": object(
                [
                    "packs": integer, "manifests": integer, "patches": integer, "media": integer, "reports": integer,
                    "quarantine": integer,
                ],
                ["packs", "manifests", "patches", "media", "reports", "quarantine"]),
            "open_uploads": integer, "open_upload_bytes": integer, "uploaded_bytes": integer,
            "transferred_bytes": integer,
            "days": array(
                object(
                    [
                        "day": ["type": "string", "format": "date"], "uploaded_bytes": integer,
                        "transferred_bytes": integer,
                    ],
                    ["day", "uploaded_bytes", "transferred_bytes"])),
        ],
        [
            "developer_id", "stored_bytes", "stored", "open_uploads", "open_upload_bytes", "uploaded_bytes",
            "transferred_bytes",
        ])
}
