import Accounts
import Content
import HTTPTypes
import Hummingbird
import Platform
import Postgres
import Storefront

/// What Admin Service tells us of companies, under `/internal/v1`.
struct InternalCompanyRoutes: Sendable {
    private let accounts: Accounts
    private let limits: APILimits
    private let tell: Conventions.Tell

    /// How Admin Service decides.
    private enum Decision: String, CaseIterable {
        case verified
        case rejected

        var event: CompanyVerification.Event { self == .verified ? .verify : .reject }
    }

    init(_ services: APIServices) {
        self.accounts = services.accounts
        self.limits = services.limits
        self.tell = services.conventions.tell
    }

    /// `GET /developers/{developer_id}`.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        let id = try context.pathIdentifier("developer_id", of: Developer.self)
        guard let company = try await self.accounts.company(id) else { throw HTTPProblem.notFound }
        return .json(AccountJSON.company(company), tag: EntityTag(revision: company.revision))
    }

    /// `POST /developers/{developer_id}/verification`: the same decision again changes nothing, another one is 409.
    @Sendable func verify(_ request: Request, context: APIContext) async throws -> Response {
        let id = try context.pathIdentifier("developer_id", of: Developer.self)
        var fields = Fields(try await request.readObject(within: self.limits))
        let decision = fields.requiredChoice("status", of: Decision.self)
        let reason = fields.optionalText("reason", length: 1...2000)
        if decision == .rejected, reason == nil { fields.fail("reason", "required", "is required for a rejection") }
        try fields.finish()
        guard let decision else { throw HTTPProblem.unexpected }
        let tell = self.tell
        let company = try await self.accounts.decide(decision.event, reason: reason, on: id) { company, transaction in
            try await tell(try Self.event("company.\(decision.rawValue)", company), transaction)
        }
        guard let company else { throw HTTPProblem.notFound }
        return .json(AccountJSON.company(company), tag: EntityTag(revision: company.revision))
    }

    /// `POST /developers/{developer_id}/suspension`.
    @Sendable func suspend(_ request: Request, context: APIContext) async throws -> Response {
        let id = try context.pathIdentifier("developer_id", of: Developer.self)
        var fields = Fields(try await request.readObject(within: self.limits))
        let isSuspended = fields.flag("suspended")
        if isSuspended == nil, fields.errors.isEmpty { fields.fail("suspended", "required", "is required") }
        let reason = fields.optionalText("reason", length: 1...2000)
        if isSuspended == true, reason == nil { fields.fail("reason", "required", "is required for a suspension") }
        try fields.finish()
        guard let isSuspended else { throw HTTPProblem.unexpected }
        let tell = self.tell
        let company = try await self.accounts.suspend(
            id, isSuspended: isSuspended, reason: reason
        ) { company, transaction in
            try await tell(try Self.event(isSuspended ? "company.suspended" : "company.resumed", company), transaction)
        }
        guard let company else { throw HTTPProblem.notFound }
        return .json(AccountJSON.company(company), tag: EntityTag(revision: company.revision))
    }

    private static func event(_ type: String, _ company: Company) throws -> OutgoingEvent {
        try OutgoingEvent(
            type: type, developer: company.id, aggregate: "company/\(company.id)", data: CompanyEvent(company))
    }
}
