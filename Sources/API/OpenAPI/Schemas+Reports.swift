import Storefront

extension Schemas {
    /// Of what was scanned, found and changed.
    static let reports: [(String, JSONValue)] = [("ScanReport", scanReport)]

    private static let scanReport = object(
        [
            "version_id": id, "status": words(VersionState.self), "scan": nullable("object"),
            "waivers": array(object(["reason": string, "granted_by": string, "note": string, "granted_at": time], [])),
            "not_scanned_whole": array(object(["path": string, "reason": string], ["path", "reason"])),
            "infected": array(
                object(
                    [
                        "path": string, "digest": string, "size": integer, "signature": string, "engine": string,
                        "was_published": flag,
                    ], ["path", "digest", "signature"])),
            "review": nullable("object"),
        ], ["version_id", "status", "scan", "waivers", "not_scanned_whole", "infected", "review"])
}
