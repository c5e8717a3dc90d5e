import Storefront
import Testing

@Suite("Legal details")
struct LegalDetailsTests {
    private func objections(_ members: [(String, JSONValue)]) -> [String] {
        LegalDetails(JSONObject(members)).objections.map { "\($0.name):\($0.code)" }
    }

    @Test("AC-4: what is known must be right, and what is not known is the company's own")
    func rules() {
        #expect(self.objections([]) == [])
        #expect(self.objections([("address", ["x"]), ("inn", .null), ("bank", 7)]) == [])
        #expect(
            self.objections([
                ("legal_form", "legal_entity"), ("legal_name", "ПАО Сбербанк"), ("inn", "7707083893"),
                ("ogrn", "1027700132195"), ("kpp", "773601001"),
            ]) == [])
        #expect(
            self.objections([("legal_form", "sole_trader"), ("inn", "500100732259"), ("ogrn", "304500116000157")]) == []
        )
        #expect(self.objections([("inn", "7707083892")]) == ["inn:check-digit"])
        #expect(self.objections([("inn", 7_707_083_893)]) == ["inn:type"])
        #expect(
            self.objections([("legal_form", "llc"), ("inn", ""), ("ogrn", "1"), ("kpp", "x")])
                == ["legal_form:unknown-value", "inn:check-digit", "ogrn:check-digit", "kpp:format"])
        #expect(
            self.objections([
                ("legal_form", "individual"), ("inn", "7707083893"), ("ogrn", "1027700132195"), ("kpp", "773601001"),
            ]) == ["inn:length", "ogrn:length", "kpp:not-applicable"])
    }

    @Test("6.1: a new address is the same company, a new INN is not")
    func identity() {
        let old = JSONObject([("inn", "7707083893"), ("address", "A")])
        #expect(LegalDetails.areSameIdentity(old, JSONObject([("address", "B"), ("inn", "7707083893"), ("kpp", "1")])))
        #expect(LegalDetails.areSameIdentity(nil, JSONObject([("address", "B"), ("inn", .null)])))
        #expect(!LegalDetails.areSameIdentity(old, JSONObject([("inn", "7736207543"), ("address", "A")])))
        #expect(!LegalDetails.areSameIdentity(old, nil))
        #expect(!LegalDetails.areSameIdentity(old, JSONObject([("inn", "7707083893"), ("legal_name", "X")])))
    }
}
