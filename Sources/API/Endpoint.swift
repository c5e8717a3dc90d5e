import Access
import Content
import FoundationEssentials
import HTTPTypes
import Hummingbird

typealias Handler = @Sendable (Request, APIContext) async throws -> Response

extension HTTPField.Name {
    static let apiKey = HTTPField.Name("X-API-Key") ?? .eTag
    static let developerID = HTTPField.Name("X-Developer-Id") ?? .eTag
}

/// One route at work: lets in whoever may use it, then does it.
struct Endpoint: HTTPResponder {
    let declaration: RouteDeclaration
    let access: Access
    let handler: Handler

    func respond(to request: Request, context: APIContext) async throws -> Response {
        var context = context
        context.coreContext.endpointPath.value = self.declaration.path
        try await self.admit(request, &context)
        return try await self.handler(request, context)
    }

    private func admit(_ request: Request, _ context: inout APIContext) async throws {
        guard self.declaration.access != .everybody else { return }
        let credential = try Credential(
            authorization: request.headers[values: .authorization], apiKey: request.headers[values: .apiKey])
        let identity = try await self.access.identify(credential, now: Date())
        context.identity = identity
        context.notes.note("principal", identity.name)
        switch self.declaration.access {
        case .everybody: break
        case .person:
            guard case .user = identity else { throw AccessError.peopleOnly }
        case .permission(let permission):
            let principal = try await self.access.principal(for: identity, requested: Self.requestedCompany(request))
            context.notes.note("developer.id", principal.developer.description)
            try self.access.require(permission, of: principal)
            context.principal = principal
        case .service(let permission):
            guard case .service(let claims) = identity, claims.permissions.contains(permission) else {
                throw AccessError.serviceOnly(permission)
            }
        }
    }

    private static func requestedCompany(_ request: Request) throws(HTTPProblem) -> DeveloperID? {
        let values = request.headers[values: .developerID]
        guard let value = values.first else { return nil }
        guard values.count == 1, let id = DeveloperID(value) else {
            throw .invalid("X-Developer-Id", "format", "must be one UUID")
        }
        return id
    }
}

extension Identity {
    /// For the log.
    fileprivate var name: String {
        switch self {
        case .user(let claims): "user:\(claims.user)"
        case .key(let key): "key:\(key.id)"
        case .service(let service): "service:\(service.name)"
        }
    }
}

extension APIContext {
    /// Who asks, on a route whose access is a permission.
    func requirePrincipal() throws(HTTPProblem) -> Principal {
        guard let principal = self.principal else { throw .unexpected }
        return principal
    }

    /// The company it is for.
    func requireDeveloper() throws(HTTPProblem) -> DeveloperID { try self.requirePrincipal().developer }

    /// Who asks, on a route for people.
    func requireUser() throws(HTTPProblem) -> UserID {
        guard case .user(let claims)? = self.identity else { throw .unexpected }
        return claims.user
    }

    /// An identifier in the path; what is none names nothing.
    func pathIdentifier<Subject>(_ name: String, of type: Subject.Type) throws(HTTPProblem) -> Identifier<Subject> {
        guard let text = self.parameters.get(name), let id = Identifier<Subject>(text) else { throw .notFound }
        return id
    }
}
