import Access
import Content
import Finance
import HTTPTypes
import Hummingbird
import Storefront

/// Where the company's money goes.
struct PaymentSettingsRoutes: Sendable {
    private let finance: Finance
    private let limits: APILimits

    init(_ services: APIServices) {
        self.finance = services.finance
        self.limits = services.limits
    }

    /// `GET /finance/settings`: of the account the last four digits; nulls when there are no details.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        let found = try await self.present(of: try context.requireDeveloper())
        let tag = EntityTag(revision: Int64(found?.settings.version ?? 0))
        if request.alreadyHas(tag) { return .notModified(tag) }
        return .json(FinanceJSON.settings(found?.details, found?.settings), tag: tag)
    }

    /// `PUT /finance/settings`: what is absent stays, null clears; a masked account stays what it is.
    @Sendable func update(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.limits))
        let changes = Self.changes(&fields)
        try fields.finish()
        let principal = try context.requirePrincipal()
        let present = try await self.present(of: principal.developer)
        let version = present?.settings.version ?? 0
        let isConditional = try request.checkMatch(EntityTag(revision: Int64(version)))
        let (details, settings) = try await self.finance.updateDetails(
            of: principal.developer, by: principal.user, ifVersion: isConditional ? version : nil
        ) { current in
            try PayoutDetails(Self.draft(current, changes))
        }
        return .json(
            FinanceJSON.settings(details, settings), tag: EntityTag(revision: Int64(settings.version)))
    }

    /// `POST /finance/settings/approve`: `{"version": 2}`, what was looked at; the same again changes nothing.
    @Sendable func approve(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await Self.approvedVersion(request, within: self.limits)
        let principal = try context.requirePrincipal()
        let approved = try await self.finance.approveDetails(
            of: principal.developer, version: version, by: .user(try context.requireUser()))
        guard let approved else { throw HTTPProblem(FinanceError.detailsMissing) }
        let found = try await self.present(of: principal.developer)
        return .json(
            FinanceJSON.settings(found?.details, approved), tag: EntityTag(revision: Int64(approved.version)))
    }

    /// The version of the details that a body approves.
    static func approvedVersion(_ request: Request, within limits: APILimits) async throws -> Int {
        var fields = Fields(try await request.readObject(within: limits))
        let version = fields.requiredInteger("version")
        if let version, !(1...Int64(Int32.max)).contains(version) {
            fields.fail("version", "range", "must be 1 or more")
        }
        try fields.finish()
        guard let version, let number = Int(exactly: version) else { throw HTTPProblem.unexpected }
        return number
    }

    /// Erased details are none.
    private func present(of developer: DeveloperID) async throws -> (details: PayoutDetails, settings: PaymentSettings)?
    {
        do {
            return try await self.finance.details(of: developer)
        } catch FinanceError.detailsErased {
            return nil
        }
    }

    private static func changes(_ fields: inout Fields) -> [PayoutDetails.Field: Change<String>] {
        var changes: [PayoutDetails.Field: Change<String>] = [:]
        for field in PayoutDetails.Field.allCases {
            let name = field.rawValue
            switch fields.object[name] {
            case nil: break
            case .null?: changes[field] = .clear
            default:
                if field == .form {
                    changes[field] = fields.choice(name, of: LegalForm.self).map { .set($0.rawValue) }
                } else {
                    changes[field] = fields.optionalText(name, length: 1...255).map { .set($0) }
                }
            }
        }
        return changes
    }

    private static func draft(
        _ current: PayoutDetails?, _ changes: [PayoutDetails.Field: Change<String>]
    ) -> PayoutDetails.Draft {
        func text(_ field: PayoutDetails.Field) -> String? {
            switch changes[field] {
            case nil: current?[field]
            case .clear?: nil
            case .set(let text)?:
                if let current, text == FinanceJSON.shown(field, of: current) { current[field] } else { text }
            }
        }
        var draft = PayoutDetails.Draft()
        draft.form = text(.form).flatMap { LegalForm(rawValue: $0) }
        draft.recipient = text(.recipient)
        draft.inn = text(.inn)
        draft.kpp = text(.kpp)
        draft.ogrn = text(.ogrn)
        draft.bankName = text(.bankName)
        draft.bik = text(.bik)
        draft.correspondentAccount = text(.correspondentAccount)
        draft.accountNumber = text(.accountNumber)
        return draft
    }
}
