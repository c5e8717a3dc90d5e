import Accounts
import Content
import HTTPTypes
import Hummingbird
import Platform
import Postgres
import Storefront

/// The company somebody acts for.
struct AccountRoutes: Sendable {
    private let accounts: Accounts
    private let limits: APILimits
    private let tell: Conventions.Tell

    /// Legal details are a page, not a book.
    private static let largestDetails = ByteCount.kibibytes(64)

    init(_ services: APIServices) {
        self.accounts = services.accounts
        self.limits = services.limits
        self.tell = services.conventions.tell
    }

    /// `POST /accounts`.
    @Sendable func register(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.limits))
        let name = fields.requiredText("company_name", length: 1...255)
        let kind = fields.choice("account_type", of: CompanyKind.self) ?? .developer
        let details = fields.legalDetails("legal_details", maximumSize: Self.largestDetails)
        try fields.finish()
        guard let name else { throw HTTPProblem.unexpected }
        let company = try await self.accounts.register(
            name: name, kind: kind, legalDetails: details?.value, by: try context.requireUser(),
            recording: self.askForVerification)
        return .json(
            AccountJSON.company(company), status: .created, tag: EntityTag(revision: company.revision),
            headers: [.location: "\(RouteTable.prefix)/accounts/me"])
    }

    /// `GET /accounts`.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        let memberships = try await self.accounts.memberships(of: try context.requireUser())
        return .json(["items": .array(memberships.map(AccountJSON.membership)), "next_cursor": .null])
    }

    /// `GET /accounts/me`.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        let company = try await self.company(context)
        let tag = EntityTag(revision: company.revision)
        return request.alreadyHas(tag) ? .notModified(tag) : .json(AccountJSON.company(company), tag: tag)
    }

    /// `PUT /accounts/me`: what is absent stays, null clears; the verification is nobody's here to change.
    @Sendable func update(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.limits))
        let name = fields.optionalText("company_name", length: 1...255)
        let kind = fields.choice("account_type", of: CompanyKind.self)
        let details = fields.legalDetails("legal_details", maximumSize: Self.largestDetails)
        try fields.finish()
        let current = try await self.company(context)
        let isConditional = try request.checkMatch(EntityTag(revision: current.revision))
        let change = CompanyChange(name: name, kind: kind, legalDetails: details?.update)
        guard
            let company = try await self.accounts.update(
                current.id, change, ifRevision: isConditional ? current.revision : nil,
                recording: { before, after, transaction in
                    // Another legal identity has to be checked like a new company.
                    guard before.verification == .verified, after.verification == .pending else { return }
                    try await self.askForVerification(after, transaction)
                })
        else { throw HTTPProblem.notFound }
        return .json(AccountJSON.company(company), tag: EntityTag(revision: company.revision))
    }

    /// `POST /accounts/me/verification`: a refused company asks to be looked at again.
    @Sendable func resubmit(_ request: Request, context: APIContext) async throws -> Response {
        let company = try await self.accounts.decide(
            .resubmit, reason: nil, on: try context.requireDeveloper(), telling: self.askForVerification)
        guard let company else { throw HTTPProblem.notFound }
        return .json(AccountJSON.company(company), tag: EntityTag(revision: company.revision))
    }

    /// Lays the company on the moderators' desk.
    @Sendable private func askForVerification(_ company: Company, _ transaction: Transaction) async throws {
        try await self.tell(
            try OutgoingEvent(
                type: "company.verification_requested", developer: company.id, aggregate: "company/\(company.id)",
                data: CompanyEvent(company)), transaction)
    }

    private func company(_ context: APIContext) async throws -> Company {
        guard let company = try await self.accounts.company(try context.requireDeveloper()) else {
            throw HTTPProblem.notFound
        }
        return company
    }
}

extension Change<JSONValue> {
    fileprivate var value: JSONValue? {
        switch self {
        case .set(let value): value
        case .clear: nil
        }
    }

    fileprivate var update: CompanyChange.Update {
        switch self {
        case .set(let value): .set(value)
        case .clear: .clear
        }
    }
}
