import Access
import HTTPTypes
import Storefront

/// Every route: what it does, who may use it, what it takes and gives.
///
/// The router and the OpenAPI document are made of it.
public enum RouteTable {
    static let prefix = "/api/v1/developer"
    static let version = "/games/{game_id}/versions/{version_id}"

    public static let all: [RouteDeclaration] = families.flatMap { $0 }

    private static let families: [[RouteDeclaration]] = [
        accounts, documents, games, versions, uploads, jobs, content, keys, webhooks, notifications, sdk, audit,
        analytics, finance, internalFinance, companiesForAdmin, operators, storage, listing, mediaFiles, pricing,
        releases, platformReleases, playerReviews, installs, service, usage,
    ]

    /// The methods that a path knows, for `Allow`; empty when there is no such path.
    static func methods(at path: String) -> [HTTPRequest.Method] {
        let components = path.split(separator: "/")
        var methods = Self.all.filter { $0.matches(components) }.map(\.method)
        if methods.contains(.get) { methods.append(.head) }
        return methods
    }

    static func route(
        _ operation: Operation, _ method: HTTPRequest.Method, _ path: String, _ access: RouteAccess, _ summary: String,
        _ request: String?, _ status: Int, _ response: String?
    ) -> RouteDeclaration {
        RouteDeclaration(
            operation: operation, method: method, path: self.prefix + path, access: access, summary: summary,
            request: request, status: status, response: response, isAlias: false,
            rateClass: RouteDeclaration.usualRateClass(method), idempotency: RouteDeclaration.usualIdempotency(method))
    }

    static func alias(
        _ operation: Operation, _ method: HTTPRequest.Method, _ path: String, _ access: RouteAccess, _ summary: String,
        _ request: String?, _ status: Int, _ response: String?
    ) -> RouteDeclaration {
        RouteDeclaration(
            operation: operation, method: method, path: self.prefix + path, access: access, summary: summary,
            request: request, status: status, response: response, isAlias: true,
            rateClass: RouteDeclaration.usualRateClass(method), idempotency: RouteDeclaration.usualIdempotency(method))
    }

    static func root(
        _ operation: Operation, _ method: HTTPRequest.Method, _ path: String, _ summary: String, _ status: Int,
        _ response: String?
    ) -> RouteDeclaration {
        RouteDeclaration(
            operation: operation, method: method, path: path, access: .everybody, summary: summary, request: nil,
            status: status, response: response, isAlias: false, rateClass: nil, idempotency: .ignored)
    }
}
