/// The rules of `legal_details`: a free object whose known members must be what they say they are.
///
/// `legal_form`, `legal_name`, `inn`, `ogrn` and `kpp` are known; everything else is the company's own and taken as it is.
public struct LegalDetails: Equatable, Sendable {
    /// What is wrong with one member.
    public struct Objection: Equatable, Sendable {
        /// A member of the object.
        public let name: String
        public let code: String
        public let message: String
    }

    private let object: JSONObject

    public init(_ object: JSONObject) { self.object = object }

    /// Everything that is wrong, in the order of the rules.
    public var objections: [Objection] {
        var objections: [Objection] = []
        func object(_ name: String, _ code: String, _ message: String) {
            objections.append(Objection(name: name, code: code, message: message))
        }
        for name in ["legal_form", "legal_name", "inn", "ogrn", "kpp"] {
            switch self.object[name] {
            case nil, .null?, .string?: break
            case let value?: object(name, "type", "must be a string, not \(value.kind)")
            }
        }
        let form = self.text("legal_form").flatMap(LegalForm.init)
        if self.text("legal_form") != nil, form == nil {
            let known = LegalForm.allCases.map(\.rawValue).joined(separator: ", ")
            object("legal_form", "unknown-value", "must be one of \(known)")
        }
        if let number = self.text("inn") {
            if !CheckDigits.isTaxNumber(number) {
                object("inn", "check-digit", "is no INN: 10 or 12 digits, the last of them check digits")
            } else if let form, form.taxNumberLength != number.utf8.count {
                object("inn", "length", "has \(form.taxNumberLength) digits for \(form.rawValue)")
            }
        }
        if let number = self.text("ogrn") {
            if !CheckDigits.isRegistrationNumber(number) {
                object("ogrn", "check-digit", "is no OGRN or OGRNIP: 13 or 15 digits, the last a check digit")
            } else if let form, form.registrationNumberLength != number.utf8.count {
                object("ogrn", "length", "does not belong to \(form.rawValue)")
            }
        }
        if let code = self.text("kpp") {
            if !CheckDigits.isReasonCode(code) {
                object("kpp", "format", "is no KPP: 9 characters, such as 770701001")
            } else if let form, form != .legalEntity {
                object("kpp", "not-applicable", "does not belong to \(form.rawValue)")
            }
        }
        return objections
    }

    /// Whether both are the same company in the eyes of the law: an address may change, who it is may not.
    public static func areSameIdentity(_ left: JSONObject?, _ right: JSONObject?) -> Bool {
        ["legal_form", "legal_name", "inn", "ogrn"].allSatisfy { name in
            (left?[name] ?? .null) == (right?[name] ?? .null)
        }
    }

    private func text(_ name: String) -> String? {
        if case .string(let text)? = self.object[name] { text } else { nil }
    }
}
