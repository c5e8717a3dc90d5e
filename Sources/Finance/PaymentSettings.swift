public import Content
import Envelope
public import FoundationEssentials
import Postgres
import Storefront

/// A company's payout details as they are kept: sealed.
public struct PaymentSettings: Sendable {
    public let developer: DeveloperID
    /// Grows with every change.
    public let version: Int
    /// The last four digits of the account.
    public let accountHint: String
    public let createdAt: Date
    /// Who changed them; nil for nobody in particular.
    public let createdBy: UserID?
    public let approval: PaymentApproval
    /// Nil once the details were erased.
    let key: WrappedKey?
    let sealed: [PayoutDetails.Field: [UInt8]]
    let form: LegalForm

    public var isErased: Bool { self.key == nil }

    init(_ row: Row) throws(PostgresError) {
        self.developer = try row("developer_id")
        let version: Int32 = try row("version")
        self.version = Int(version)
        self.accountHint = try row("account_hint")
        self.createdAt = try row("created_at")
        self.createdBy = try row("created_by")
        self.approval = try PaymentApproval(row)
        self.form = try row.word("legal_form", as: LegalForm.self)
        let keyID: String = try row("key_id")
        let wrapped: [UInt8]? = try row("wrapped_key")
        self.key = wrapped.map { WrappedKey(keyID: keyID, bytes: $0) }
        var sealed: [PayoutDetails.Field: [UInt8]] = [:]
        for field in PayoutDetails.Field.sealed {
            let bytes: [UInt8]? = try row(field.rawValue)
            sealed[field] = bytes
        }
        self.sealed = sealed
    }

    static let columns: SQL = """
        developer_id, version, legal_form, recipient_name, inn, kpp, ogrn, bank_name, bik, correspondent_account,
        account_number, account_hint, key_id, wrapped_key, created_at, created_by, needs_approval, approved_by,
        approved_at
        """
}

extension PayoutDetails.Field {
    /// Those that are kept as ciphertext.
    static let sealed = Self.allCases.filter { $0 != .form }

    /// What the ciphertext of this field is bound to: it opens in this row and column only.
    func binding(_ developer: DeveloperID, version: Int) -> String {
        "slipway-field-1\n\(developer)\n\(self.rawValue)\n\(version)"
    }
}

extension PaymentSettings {
    /// What a row's key is bound to.
    static func keyBinding(_ developer: DeveloperID, version: Int) -> String {
        "payment-settings\n\(developer)\n\(version)"
    }
}
