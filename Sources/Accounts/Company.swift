public import Content
public import FoundationEssentials
import Postgres
public import Storefront

/// A company that develops or publishes games: one row of `developers`.
public struct Company: Equatable, Sendable {
    public let id: DeveloperID
    public let name: String
    public let kind: CompanyKind
    /// As the company wrote them; nil when it did not.
    public let legalDetails: JSONValue?
    public let verification: CompanyVerification
    /// Why the platform decided so, in its own words.
    public let verificationReason: String?
    public let verifiedAt: Date?
    /// Nil unless the platform has suspended it: then it reads and changes nothing.
    public let suspendedAt: Date?
    public let suspensionReason: String?
    public let createdAt: Date
    public let updatedAt: Date
    /// Grows with every change.
    public let revision: Int64

    init(_ row: Row) throws(PostgresError) {
        self.id = try row("developer_id")
        self.name = try row("company_name")
        let kind: String = try row("account_type")
        guard let knownKind = CompanyKind(rawValue: kind) else {
            throw .decoding(column: "account_type", expected: "CompanyKind", got: kind)
        }
        self.kind = knownKind
        let details: String? = try row("legal_details")
        self.legalDetails = try details.map { text throws(PostgresError) in try Self.details(text) }
        let status: String = try row("verification_status")
        guard let verification = CompanyVerification(rawValue: status) else {
            throw .decoding(column: "verification_status", expected: "CompanyVerification", got: status)
        }
        self.verification = verification
        self.verificationReason = try row("verification_reason")
        self.verifiedAt = try row("verified_at")
        self.suspendedAt = try row("suspended_at")
        self.suspensionReason = try row("suspension_reason")
        self.createdAt = try row("created_at")
        self.updatedAt = try row("updated_at")
        self.revision = try row("revision")
    }

    static let columns: SQL = """
        developer_id, company_name, account_type, legal_details, verification_status, verification_reason, verified_at,
        suspended_at, suspension_reason, created_at, updated_at, revision
        """

    private static func details(_ text: String) throws(PostgresError) -> JSONValue {
        do throws(JSONError) {
            return try JSONParser.parse(Array(text.utf8))
        } catch {
            // Not the text itself: errors are logged, and this is about people.
            throw .decoding(column: "legal_details", expected: "JSON", got: "\(text.utf8.count) bytes; \(error)")
        }
    }
}

extension Company {
    /// What the audit log compares.
    var audited: JSONObject {
        JSONObject([
            ("company_name", .string(self.name)), ("account_type", .string(self.kind.rawValue)),
            ("legal_details", self.legalDetails ?? .null), ("verification_status", .string(self.verification.rawValue)),
            ("verification_reason", .text(self.verificationReason)), ("suspended", .bool(self.suspendedAt != nil)),
            ("suspension_reason", .text(self.suspensionReason)),
        ])
    }
}
