import Accounts
import Content
import Hummingbird
import Platform
import Storefront

/// The people of a company.
struct TeamRoutes: Sendable {
    private let accounts: Accounts
    private let directory: any UserDirectory
    private let limits: APILimits

    init(_ services: APIServices) {
        self.accounts = services.accounts
        self.directory = services.directory
        self.limits = services.limits
    }

    /// `GET /accounts/me/team`.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        let team = try await self.accounts.team(of: try context.requireDeveloper())
        let profiles = await self.directory.profiles(of: team.map(\.user))
        return .json([
            "items": .array(team.map { AccountJSON.member($0, profiles[$0.user]) }), "next_cursor": .null,
        ])
    }

    /// `PUT /accounts/me/team/{user_id}`.
    @Sendable func changeRole(_ request: Request, context: APIContext) async throws -> Response {
        let user = try context.pathIdentifier("user_id", of: User.self)
        var fields = Fields(try await request.readObject(within: self.limits))
        let role = fields.requiredChoice("role", of: Role.self)
        try fields.finish()
        guard let role,
            let member = try await self.accounts.setRole(role, of: user, in: try context.requireDeveloper())
        else { throw HTTPProblem.notFound }
        let profiles = await self.directory.profiles(of: [user])
        return .json(AccountJSON.member(member, profiles[user]))
    }

    /// `DELETE /accounts/me/team/{user_id}`.
    @Sendable func remove(_ request: Request, context: APIContext) async throws -> Response {
        let user = try context.pathIdentifier("user_id", of: User.self)
        guard try await self.accounts.remove(user, from: try context.requireDeveloper()) else {
            throw HTTPProblem.notFound
        }
        return .noContent
    }

    /// `DELETE /accounts/me/team/me`: anybody may leave, but the last administrator.
    @Sendable func leave(_ request: Request, context: APIContext) async throws -> Response {
        let user = try context.requireUser()
        guard try await self.accounts.remove(user, from: try context.requireDeveloper()) else {
            throw HTTPProblem.notFound
        }
        return .noContent
    }
}
