import Storefront
import Testing

@Suite("Russian requisites")
struct RequisitesTests {
    // Sberbank's, the Federal Tax Service's examples, and numbers made by the rule with another program.
    @Test("EP-33: true taxpayer numbers pass", arguments: ["7707083893", "7830002293", "500100732259"])
    func goodINN(text: String) throws {
        #expect(try INN(text).isPersons == (text.utf8.count == 12))
    }

    @Test("EP-33: any one digit of a taxpayer number mistyped is noticed", arguments: ["7707083893", "500100732259"])
    func mistypedINN(text: String) {
        // Two moduli, the last of them 10: a mistake that makes remainder 10 out of 0, or back, is the one that may pass.
        var missed = 0
        for position in text.utf8.indices {
            for digit in "0123456789" where digit != Character(Unicode.Scalar(text.utf8[position])) {
                var other = text
                other.replaceSubrange(position...position, with: String(digit))
                if (try? INN(other)) != nil { missed += 1 }
            }
        }
        #expect(missed <= 2)
    }

    static let badINNs: [(String, RequisiteFault)] = [
        ("", .length(allowed: [10, 12])), ("77070838931", .length(allowed: [10, 12])), ("770708389x", .characters),
        ("٧٧٠٧٠٨٣٨٩٣", .characters), ("7707083894", .checkDigit), ("500100732258", .checkDigit),
        ("0000000000", .checkDigit), ("000000000000", .checkDigit),
    ]

    @Test("EP-33: what is no taxpayer number says why", arguments: badINNs)
    func badINN(text: String, fault: RequisiteFault) {
        #expect(throws: fault) { try INN(text) }
    }

    @Test("EP-33: an account belongs to one bank")
    func accounts() throws {
        let sberbank = try BIK("044525225"), other = try BIK("044525974")
        #expect(try BankAccount("40702810938000000001", at: sberbank).text == "40702810938000000001")
        #expect(throws: RequisiteFault.checkDigit) { try BankAccount("40702810938000000001", at: other) }
        #expect(throws: RequisiteFault.checkDigit) { try BankAccount("40702810838000000001", at: sberbank) }
        #expect(throws: RequisiteFault.length(allowed: [20])) { try BankAccount("4070281093800000000", at: sberbank) }
        #expect(throws: RequisiteFault.characters) { try BankAccount("4070281093800000000O", at: sberbank) }
        #expect(try BankAccount(correspondent: "30101810400000000225", of: sberbank).text.hasSuffix("225"))
        #expect(throws: RequisiteFault.checkDigit) {
            try BankAccount(correspondent: "30101810500000000225", of: sberbank)
        }
        #expect(throws: RequisiteFault.prefix(allowed: ["301"])) {
            try BankAccount(correspondent: "40702810938000000001", of: sberbank)
        }
    }

    @Test("EP-33: banks, registers and tax offices have their shapes")
    func shapes() throws {
        #expect(throws: RequisiteFault.prefix(allowed: ["04"])) { try BIK("144525225") }
        #expect(throws: RequisiteFault.length(allowed: [9])) { try BIK("04452522") }
        #expect(try OGRN("1027700132195").isSoleTraders == false)
        #expect(try OGRN("304500116000157").isSoleTraders)
        #expect(throws: RequisiteFault.checkDigit) { try OGRN("1027700132194") }
        #expect(throws: RequisiteFault.checkDigit) { try OGRN("304500116000158") }
        #expect(throws: RequisiteFault.prefix(allowed: ["3"])) { try OGRN("104500116000157") }
        #expect(try KPP("773601001").text == "773601001")
        #expect(try KPP("7736AB001").text == "7736AB001")
        #expect(throws: RequisiteFault.characters) { try KPP("77A601001") }
        #expect(throws: RequisiteFault.characters) { try KPP("7736ab001") }
    }

    static func draft(_ form: LegalForm) -> PayoutDetails.Draft {
        var draft = PayoutDetails.Draft()
        draft.form = form
        draft.recipient = "ООО «Пример»"
        draft.inn = form == .legalEntity ? "7707083893" : "500100732259"
        draft.kpp = form == .legalEntity ? "773601001" : nil
        draft.ogrn = form == .legalEntity ? "1027700132195" : form == .soleTrader ? "304500116000157" : nil
        draft.bankName = "ПАО Сбербанк"
        draft.bik = "044525225"
        draft.correspondentAccount = "30101810400000000225"
        draft.accountNumber = "40702810938000000001"
        return draft
    }

    @Test("EP-33: every legal form has requisites of its own", arguments: LegalForm.allCases)
    func forms(form: LegalForm) throws {
        let details = try PayoutDetails(Self.draft(form))
        #expect(details.accountHint == "0001" && details[.inn] == Self.draft(form).inn)
        for other in LegalForm.allCases where Self.draft(other).kpp != Self.draft(form).kpp {
            var draft = Self.draft(form)
            draft.form = other
            #expect(throws: PayoutDetailsFaults.self) { try PayoutDetails(draft) }
        }
    }

    @Test("EP-33: all that is wrong is said at once, and no value is in what is said")
    func faults() {
        var draft = Self.draft(.legalEntity)
        draft.inn = "500100732259"
        draft.kpp = nil
        draft.accountNumber = "40702810838000000001"
        draft.recipient = nil
        do {
            _ = try PayoutDetails(draft)
            Issue.record("taken")
        } catch {
            #expect(error.list.map(\.field) == [.accountNumber, .inn, .kpp, .recipient])
            #expect(!"\(error)".contains("40702810838000000001"))
        }
        #expect(throws: PayoutDetailsFaults.self) { try PayoutDetails(PayoutDetails.Draft()) }
    }

    @Test("FI-3: details do not print themselves")
    func silent() throws {
        let details = try PayoutDetails(Self.draft(.legalEntity))
        #expect("\(details)" == "PayoutDetails(…0001)")
    }
}
