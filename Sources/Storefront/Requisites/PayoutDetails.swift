/// Where a company's money goes, with every number checked.
///
/// | form | INN | KPP | OGRN |
/// |---|---|---|---|
/// | legal entity | 10 digits | must be there | 13 digits |
/// | sole trader | 12 digits | none | 15 digits |
/// | self-employed, individual | 12 digits | none | none |
///
/// Secret: never printed, logged or put into events. ``description`` says nothing of it.
public struct PayoutDetails: Hashable, Sendable {
    public let form: LegalForm
    /// The name the bank knows the account's owner by; 1 to 255 characters.
    public let recipient: String
    public let inn: INN
    public let kpp: KPP?
    public let ogrn: OGRN?
    /// 1 to 255 characters.
    public let bankName: String
    public let bik: BIK
    public let correspondentAccount: BankAccount?
    public let account: BankAccount

    /// - Throws: everything that is wrong, by the names of ``Draft``.
    public init(_ draft: Draft) throws(PayoutDetailsFaults) {
        var faults = PayoutDetailsFaults()
        let inn = faults.catching(.inn, draft.inn) { text throws(RequisiteFault) in try INN(text) }
        let bik = faults.catching(.bik, draft.bik) { text throws(RequisiteFault) in try BIK(text) }
        let kpp = faults.optional(.kpp, draft.kpp) { text throws(RequisiteFault) in try KPP(text) }
        let ogrn = faults.optional(.ogrn, draft.ogrn) { text throws(RequisiteFault) in try OGRN(text) }
        var account: BankAccount?
        var correspondent: BankAccount?
        if let bik {
            account = faults.catching(.accountNumber, draft.accountNumber) { text throws(RequisiteFault) in
                try BankAccount(text, at: bik)
            }
            correspondent = faults.optional(.correspondentAccount, draft.correspondentAccount) {
                text throws(RequisiteFault) in try BankAccount(correspondent: text, of: bik)
            }
        } else if draft.accountNumber == nil {
            faults.add(.accountNumber, "required", "is required")
        }
        faults.check(form: draft.form, inn: inn, kpp: draft.kpp, ogrn: ogrn, hasOGRN: draft.ogrn != nil)
        if draft.recipient == nil { faults.add(.recipient, "required", "is required") }
        if draft.bankName == nil { faults.add(.bankName, "required", "is required") }
        guard faults.list.isEmpty, let form = draft.form, let recipient = draft.recipient, let inn,
            let bankName = draft.bankName, let bik, let account
        else { throw faults }
        self.form = form
        self.recipient = recipient
        self.inn = inn
        self.kpp = kpp
        self.ogrn = ogrn
        self.bankName = bankName
        self.bik = bik
        self.correspondentAccount = correspondent
        self.account = account
    }

    /// The last four digits of the account, which are all that anybody is shown.
    public var accountHint: String { String(self.account.text.suffix(4)) }

    /// Details as they are handed in, nothing looked at.
    public struct Draft: Sendable {
        public var form: LegalForm?
        public var recipient: String?
        public var inn: String?
        public var kpp: String?
        public var ogrn: String?
        public var bankName: String?
        public var bik: String?
        public var correspondentAccount: String?
        public var accountNumber: String?

        public init() {}
    }

    /// One text of the details, by the name it has in the API and in the table.
    public enum Field: String, CaseIterable, Hashable, Sendable {
        case form = "legal_form"
        case recipient = "recipient_name"
        case inn
        case kpp
        case ogrn
        case bankName = "bank_name"
        case bik
        case correspondentAccount = "correspondent_account"
        case accountNumber = "account_number"
    }

    /// The text of a field; nil when there is none.
    public subscript(field: Field) -> String? {
        switch field {
        case .form: self.form.rawValue
        case .recipient: self.recipient
        case .inn: self.inn.text
        case .kpp: self.kpp?.text
        case .ogrn: self.ogrn?.text
        case .bankName: self.bankName
        case .bik: self.bik.text
        case .correspondentAccount: self.correspondentAccount?.text
        case .accountNumber: self.account.text
        }
    }
}

extension PayoutDetails: CustomStringConvertible {
    public var description: String { "PayoutDetails(…\(self.accountHint))" }
}
