import Accounts
import Content
import Hummingbird
import Storefront

/// The people of a company.
struct TeamRoutes: Sendable {
    private let accounts: Accounts
    private let limits: APILimits

    init(_ services: APIServices) {
        self.accounts = services.accounts
        self.limits = services.limits
    }

    /// `GET /accounts/me/team`.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        let team = try await self.accounts.team(of: try context.requireDeveloper())
        return .json(["items": .array(team.map(AccountJSON.member)), "next_cursor": .null])
    }

    /// `PUT /accounts/me/team/{user_id}`.
    @Sendable func changeRole(_ request: Request, context: APIContext) async throws -> Response {
        let user = try context.pathIdentifier("user_id", of: User.self)
        var fields = Fields(try await request.readObject(within: self.limits))
        let role = fields.choice("role", of: Role.self)
        if role == nil, fields.errors.isEmpty { fields.fail("role", "required", "is required") }
        try fields.finish()
        guard let role,
            let member = try await self.accounts.setRole(role, of: user, in: try context.requireDeveloper())
        else { throw HTTPProblem.notFound }
        return .json(AccountJSON.member(member))
    }

    /// `DELETE /accounts/me/team/{user_id}`.
    @Sendable func remove(_ request: Request, context: APIContext) async throws -> Response {
        let user = try context.pathIdentifier("user_id", of: User.self)
        guard try await self.accounts.remove(user, from: try context.requireDeveloper()) else {
            throw HTTPProblem.notFound
        }
        return .noContent
    }
}
