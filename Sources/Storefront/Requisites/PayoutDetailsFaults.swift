/// Everything that is wrong with payout details, none of it naming a value.
public struct PayoutDetailsFaults: Error, Equatable, Sendable {
    public struct Fault: Hashable, Sendable {
        public let field: PayoutDetails.Field
        /// Stable: `required`, `length`, `character`, `check-digit`, `format`, `not-applicable`.
        public let code: String
        /// To follow the field's name.
        public let message: String
    }

    public private(set) var list: [Fault] = []

    init() {}

    mutating func add(_ field: PayoutDetails.Field, _ code: String, _ message: String) {
        self.list.append(Fault(field: field, code: code, message: message))
    }

    /// Reads a text that must be there.
    mutating func catching<Value>(
        _ field: PayoutDetails.Field, _ text: String?, _ read: (String) throws(RequisiteFault) -> Value
    ) -> Value? {
        guard text != nil else {
            self.add(field, "required", "is required")
            return nil
        }
        return self.optional(field, text, read)
    }

    mutating func optional<Value>(
        _ field: PayoutDetails.Field, _ text: String?, _ read: (String) throws(RequisiteFault) -> Value
    ) -> Value? {
        guard let text else { return nil }
        do {
            return try read(text)
        } catch {
            self.add(field, error.code, error.message)
            return nil
        }
    }

    /// What a legal form has and what it has not.
    mutating func check(form: LegalForm?, inn: INN?, kpp: String?, ogrn: OGRN?, hasOGRN: Bool) {
        switch form {
        case nil: self.add(.form, "required", "is required")
        case .legalEntity?:
            if inn?.isPersons == true { self.add(.inn, "length", "must have 10 digits, as companies' have") }
            if kpp == nil { self.add(.kpp, "required", "is required of a legal entity") }
            if !hasOGRN { self.add(.ogrn, "required", "is required of a legal entity") }
            if ogrn?.isSoleTraders == true { self.add(.ogrn, "length", "must have 13 digits, as companies' have") }
        case .soleTrader?:
            self.requirePersons(inn)
            if kpp != nil { self.add(.kpp, "not-applicable", "is what legal entities have") }
            if !hasOGRN { self.add(.ogrn, "required", "is required of a sole trader") }
            if ogrn?.isSoleTraders == false { self.add(.ogrn, "length", "must have 15 digits, as sole traders' have") }
        case .selfEmployed?, .individual?:
            self.requirePersons(inn)
            if kpp != nil { self.add(.kpp, "not-applicable", "is what legal entities have") }
            if hasOGRN { self.add(.ogrn, "not-applicable", "is what registered businesses have") }
        }
    }

    private mutating func requirePersons(_ inn: INN?) {
        if inn?.isPersons == false { self.add(.inn, "length", "must have 12 digits, as persons' have") }
    }
}
