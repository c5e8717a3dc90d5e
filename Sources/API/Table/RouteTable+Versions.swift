import HTTPTypes
import Storefront

extension RouteTable {
    /// Versions of games.
    static let versions: [RouteDeclaration] = [
        route(
            .createVersion, .post, "/games/{game_id}/versions", .permission(.buildsWrite),
            "Begin the upload of a version",
            "NewVersion", 201, "Version"),
        route(
            .listVersions, .get, "/games/{game_id}/versions", .permission(.buildsStatus), "List versions", nil, 200,
            "VersionList"),
        route(.getVersion, .get, version, .permission(.buildsStatus), "Read a version", nil, 200, "Version"),
        route(
            .updateVersion, .put, version, .permission(.buildsWrite),
            "Commit or abort a version, or change its changelog",
            "VersionChange", 200, "Version"),
        alias(
            .updateVersion, .patch, version, .permission(.buildsWrite),
            "Commit or abort a version, or change its changelog", "VersionChange", 200, "Version"),
        route(
            .retryVersion, .post, "\(version)/retry", .permission(.buildsWrite), "Process a failed version again", nil,
            202, "Version"),
        route(
            .getScanReport, .get, "\(version)/report", .permission(.buildsRead),
            "Read what was scanned, what was found and what changed", nil, 200, "ScanReport"),
    ]
}
