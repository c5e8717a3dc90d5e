import HTTPTypes
import Storefront

/// Every route: what it does, who may use it, what it takes and gives.
///
/// The router and the OpenAPI document are made of it.
public enum RouteTable {
    static let prefix = "/api/v1/developer"
    private static let version = "/games/{game_id}/versions/{version_id}"

    public static let all: [RouteDeclaration] =
        accounts + games + versions + uploads + jobs + content + keys + storage + service

    private static let accounts: [RouteDeclaration] = [
        route(.registerCompany, .post, "/accounts", .person, "Register a company", "NewCompany", 201, "Company"),
        route(.listCompanies, .get, "/accounts", .person, "List the companies you belong to", nil, 200, "CompanyList"),
        route(.getCompany, .get, "/accounts/me", .permission(.accountRead), "Read the company", nil, 200, "Company"),
        route(
            .updateCompany, .put, "/accounts/me", .permission(.accountWrite), "Change the company", "CompanyChange",
            200,
            "Company"),
        alias(
            .updateCompany, .patch, "/accounts/me", .permission(.accountWrite), "Change the company", "CompanyChange",
            200,
            "Company"),
        route(.listTeam, .get, "/accounts/me/team", .permission(.teamRead), "List the team", nil, 200, "TeamList"),
        route(
            .changeRole, .put, "/accounts/me/team/{user_id}", .permission(.teamWrite), "Change a member's role",
            "RoleChange", 200, "TeamMember"),
        route(
            .removeMember, .delete, "/accounts/me/team/{user_id}", .permission(.teamWrite), "Remove a member", nil, 204,
            nil),
    ]

    private static let games: [RouteDeclaration] = [
        route(.createGame, .post, "/games", .permission(.gamesWrite), "Create a game", "NewGame", 201, "Game"),
        route(.listGames, .get, "/games", .permission(.gamesRead), "List games", nil, 200, "GameList"),
        route(.getGame, .get, "/games/{game_id}", .permission(.gamesRead), "Read a game", nil, 200, "Game"),
        route(
            .updateGame, .put, "/games/{game_id}", .permission(.gamesWrite), "Change a game", "GameChange", 200, "Game"),
        alias(
            .updateGame, .patch, "/games/{game_id}", .permission(.gamesWrite), "Change a game", "GameChange", 200,
            "Game"),
        route(.deleteGame, .delete, "/games/{game_id}", .permission(.gamesWrite), "Delete a game", nil, 204, nil),
    ]

    private static let versions: [RouteDeclaration] = [
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
    ]

    private static let uploads: [RouteDeclaration] = [
        route(
            .getUpload, .get, "\(version)/upload", .permission(.buildsWrite), "Read the upload plan", nil, 200,
            "UploadPlan"),
        route(
            .signParts, .post, "\(version)/upload/parts", .permission(.buildsWrite), "Sign requests for parts",
            "PartNumbers", 200, "PresignedParts"),
        route(
            .receivePart, .put, "\(version)/upload/parts/{part_number}", .permission(.buildsWrite), "Send a part", nil,
            200,
            "ReceivedPart"),
        route(
            .completeUpload, .post, "\(version)/upload/complete", .permission(.buildsWrite), "Commit the upload",
            "UploadCompletion", 202, "Version"),
        route(
            .abortUpload, .delete, "\(version)/upload", .permission(.buildsWrite), "Give the upload up", nil, 204, nil),
    ]

    private static let jobs: [RouteDeclaration] = [
        route(.listJobs, .get, "/jobs", .permission(.buildsStatus), "List jobs", nil, 200, "JobList"),
        route(.getJob, .get, "/jobs/{job_id}", .permission(.buildsStatus), "Read a job", nil, 200, "Job"),
        route(.watchJob, .get, "/jobs/{job_id}/events", .permission(.buildsStatus), "Watch a job", nil, 200, nil),
        route(.cancelJob, .post, "/jobs/{job_id}/cancel", .permission(.buildsWrite), "Cancel a job", nil, 200, "Job"),
        route(.retryJob, .post, "/jobs/{job_id}/retry", .permission(.buildsWrite), "Run a job again", nil, 202, "Job"),
    ]

    private static let content: [RouteDeclaration] = [
        route(
            .getManifest, .get, "\(version)/manifest", .permission(.buildsRead), "Download the manifest", nil, 200, nil),
        route(.listFiles, .get, "\(version)/files", .permission(.buildsRead), "List files", nil, 200, "FileList"),
        route(.getPack, .get, "\(version)/packs/{digest}", .permission(.buildsRead), "Download a pack", nil, 200, nil),
        route(
            .listPatches, .get, "\(version)/patches", .permission(.buildsRead), "List patches", nil, 200, "PatchList"),
        alias(.listPatches, .get, "\(version)/deltas", .permission(.buildsRead), "List patches", nil, 200, "PatchList"),
        route(
            .getPatch, .get, "\(version)/patches/{from_version_id}", .permission(.buildsRead), "Download a patch", nil,
            200,
            nil),
        alias(
            .getPatch, .get, "\(version)/deltas/{from_version_id}", .permission(.buildsRead), "Download a patch", nil,
            200,
            nil),
    ]

    private static let keys: [RouteDeclaration] = [
        route(
            .createKey, .post, "/apikeys", .permission(.keysManage), "Create an API key", "NewKey", 201, "CreatedKey"),
        route(.listKeys, .get, "/apikeys", .permission(.keysManage), "List API keys", nil, 200, "KeyList"),
        route(.revokeKey, .delete, "/apikeys/{key_id}", .permission(.keysManage), "Revoke an API key", nil, 204, nil),
    ]

    private static let storage: [RouteDeclaration] = [
        root(.readObject, .get, "/storage/v1/**", "Read an object by a presigned URL", 200, nil),
        root(.writeObject, .put, "/storage/v1/**", "Write an object or a part by a presigned URL", 200, nil),
    ]

    private static let service: [RouteDeclaration] = [
        root(.getLiveness, .get, "/livez", "Whether the process lives", 200, "Health"),
        root(.getReadiness, .get, "/readyz", "Whether what it needs is there", 200, "Health"),
        root(.getMetrics, .get, "/metrics", "Metrics for Prometheus", 200, nil),
        root(.getManifestKeys, .get, "/.well-known/slipway-keys.json", "Keys that sign manifests", 200, "ManifestKeys"),
        root(.getTokenKeys, .get, "/.well-known/jwks.json", "Keys of the development issuer", 200, "JSONWebKeySet"),
        root(.getOpenAPI, .get, "/openapi.json", "This document", 200, nil),
    ]

    /// The methods that a path knows, for `Allow`; empty when there is no such path.
    static func methods(at path: String) -> [HTTPRequest.Method] {
        let components = path.split(separator: "/")
        var methods = Self.all.filter { $0.matches(components) }.map(\.method)
        if methods.contains(.get) { methods.append(.head) }
        return methods
    }

    private static func route(
        _ operation: Operation, _ method: HTTPRequest.Method, _ path: String, _ access: RouteAccess, _ summary: String,
        _ request: String?, _ status: Int, _ response: String?
    ) -> RouteDeclaration {
        RouteDeclaration(
            operation: operation, method: method, path: self.prefix + path, access: access, summary: summary,
            request: request, status: status, response: response, isAlias: false)
    }

    private static func alias(
        _ operation: Operation, _ method: HTTPRequest.Method, _ path: String, _ access: RouteAccess, _ summary: String,
        _ request: String?, _ status: Int, _ response: String?
    ) -> RouteDeclaration {
        RouteDeclaration(
            operation: operation, method: method, path: self.prefix + path, access: access, summary: summary,
            request: request, status: status, response: response, isAlias: true)
    }

    private static func root(
        _ operation: Operation, _ method: HTTPRequest.Method, _ path: String, _ summary: String, _ status: Int,
        _ response: String?
    ) -> RouteDeclaration {
        RouteDeclaration(
            operation: operation, method: method, path: path, access: .everybody, summary: summary, request: nil,
            status: status, response: response, isAlias: false)
    }
}
