import Access
import Content
import FoundationEssentials
import HTTPTypes
import Hummingbird
import JobQueue
import Platform
import Postgres
import Storefront

typealias Handler = @Sendable (Request, APIContext) async throws -> Response

extension HTTPField.Name {
    static let apiKey = HTTPField.Name("X-API-Key") ?? .eTag
    static let developerID = HTTPField.Name("X-Developer-Id") ?? .eTag
}

/// One route at work: lets in whoever may use it, as often as they may, then does it.
struct Endpoint: HTTPResponder {
    let declaration: RouteDeclaration
    let access: Access
    let conventions: Conventions
    let limits: APILimits
    let database: Database
    let handler: Handler

    func respond(to request: Request, context: APIContext) async throws -> Response {
        guard self.declaration.readsPlainly, request.uri.queryParameters["wait"] == nil else {
            return try await self.answer(request, context)
        }
        return try await self.database.onOneConnection { try await self.answer(request, context) }
    }

    private func answer(_ request: Request, _ context: APIContext) async throws -> Response {
        var context = context
        context.coreContext.endpointPath.value = self.declaration.path
        context.address = ClientAddress(trusted: self.conventions.trustedProxies).of(request, on: context.channel)
        try await self.admit(request, &context)
        let admitted = context
        let execution = IdempotentExecution(store: self.conventions.idempotency, limits: self.limits)
        let handler = self.handler
        let scope = admitted.principal.map { RowScope(owner: $0.developer.uuid) }
        return try await AuditActor.$current.withValue(Self.actor(request, admitted)) {
            try await JobTrace.$current.withValue(context.trace.traceparent) {
                try await execution.respond(
                    to: request, context: admitted, route: self.declaration, principal: Self.principal(admitted)
                ) { request, context in
                    try await RowScope.$current.withValue(scope) { try await handler(request, context) }
                }
            }
        }
    }

    private func admit(_ request: Request, _ context: inout APIContext) async throws {
        let address = "address:\(context.address?.description ?? "unknown")"
        guard self.declaration.access != .everybody else { return try await self.count(address, context) }
        let identity = try await self.identify(request, address: address, context)
        context.identity = identity
        context.notes.note("principal", identity.name)
        try await self.count(identity.name, context)
        switch self.declaration.access {
        case .everybody: break
        case .person:
            guard case .user = identity else { throw AccessError.peopleOnly }
        case .platform(let role):
            guard case .user(let claims) = identity else { throw AccessError.peopleOnly }
            guard claims.platformRoles.contains(role) else { throw AccessError.platformRoleMissing(role) }
        case .permission(let permission):
            let principal = try await self.access.principal(for: identity, requested: Self.requestedCompany(request))
            context.notes.note("developer.id", principal.developer.description)
            try self.access.require(permission, of: principal)
            context.principal = principal
            try self.checkStanding(of: principal, context)
        case .service(let permission):
            guard case .service(let claims) = identity, claims.permissions.contains(permission) else {
                throw AccessError.serviceOnly(permission)
            }
        }
    }

    /// What a company may not do for now, and what a key may not touch, whatever their permissions.
    private func checkStanding(of principal: Principal, _ context: APIContext) throws {
        if principal.isSuspended, self.declaration.isChange { throw HTTPProblem.suspended }
        if self.declaration.verification == .always, principal.verification != .verified {
            throw HTTPProblem.notVerified(principal.verification)
        }
        guard let games = principal.games else { return }
        guard self.declaration.path.contains("{game_id}") else {
            // Whatever is not about one game would tell of the others.
            guard self.declaration.checksGames else { throw HTTPProblem.keyRestricted }
            return
        }
        let game = try context.pathIdentifier("game_id", of: Game.self)
        guard games.contains(game) else { throw HTTPProblem.notFound }
    }

    /// Who it is; whoever guesses is turned away after a while without being looked at.
    private func identify(_ request: Request, address: String, _ context: APIContext) async throws -> Identity {
        if let standing = self.conventions.rates.exhausted(address, in: .authentication) {
            context.notes.note(standing)
            throw HTTPProblem.rateLimited(standing)
        }
        do {
            let credential = try Credential(
                authorization: request.headers[values: .authorization], apiKey: request.headers[values: .apiKey])
            return try await self.access.identify(credential, from: context.address, now: Date())
        } catch let error as AccessError {
            if error.isGuess { _ = await self.conventions.rates.count(address, in: .authentication) }
            throw error
        }
    }

    private func count(_ subject: String, _ context: APIContext) async throws {
        guard let rateClass = self.declaration.rateClass,
            let standing = await self.conventions.rates.count(subject, in: rateClass)
        else { return }
        context.notes.note(standing)
        guard standing.isAllowed else { throw HTTPProblem.rateLimited(standing) }
    }

    private static func requestedCompany(_ request: Request) throws(HTTPProblem) -> DeveloperID? {
        let values = request.headers[values: .developerID]
        guard let value = values.first else { return nil }
        guard values.count == 1, let id = DeveloperID(value) else {
            throw .invalid("X-Developer-Id", "format", "must be one UUID")
        }
        return id
    }

    /// Whose Idempotency-Key it is: the same one of two people, or for two companies, is two keys.
    private static func principal(_ context: APIContext) -> String? {
        context.identity.map { "\($0.name)@\(context.principal?.developer.description ?? "")" }
    }

    private static func actor(_ request: Request, _ context: APIContext) -> AuditActor {
        let (kind, identifier): (AuditActor.Kind, String) =
            switch context.identity {
            case .user(let claims)?: (.user, claims.user.description)
            case .key(let key)?: (.key, key.id.description)
            case .service(let service)?: (.service, service.name)
            case nil: (.system, "anonymous")
            }
        return AuditActor(
            kind: kind, identifier: identifier, address: context.address?.description,
            userAgent: request.headers[.userAgent].map {
                String(String.UnicodeScalarView($0.unicodeScalars.prefix(300)))
            },
            requestID: context.requestID, traceparent: context.trace.traceparent)
    }
}

extension AccessError {
    /// Whether somebody may be trying credentials out.
    fileprivate var isGuess: Bool {
        switch self {
        case .tokenRejected, .keyRejected: true
        default: false
        }
    }
}

extension Identity {
    /// For the log, and for what is counted.
    fileprivate var name: String {
        switch self {
        case .user(let claims): "user:\(claims.user)"
        case .key(let key): "key:\(key.id)"
        case .service(let service): "service:\(service.name)"
        }
    }
}
