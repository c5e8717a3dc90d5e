import Storefront

extension Fields {
    /// Marks by authority, such as `{"pegi": "12", "esrb": null}`; null for one takes it away, null for all takes all away.
    mutating func foreignRatings(_ name: String) -> [RatingAuthority: String?] {
        switch self.object[name] {
        case nil: return [:]
        case .null?: return Dictionary(uniqueKeysWithValues: RatingAuthority.allCases.map { ($0, String?.none) })
        case .object(let object)?:
            var ratings: [RatingAuthority: String?] = [:]
            for (key, value) in object.members.prefix(RatingAuthority.allCases.count + 1) {
                guard let authority = RatingAuthority(rawValue: key) else {
                    let known = RatingAuthority.allCases.map(\.rawValue).joined(separator: ", ")
                    self.fail(at: "/\(name)", "unknown-field", "knows \(known)")
                    continue
                }
                switch value {
                case .null: ratings.updateValue(nil, forKey: authority)
                case .string(let mark) where authority.marks.contains(mark): ratings[authority] = mark
                default:
                    self.fail(
                        at: "/\(name)/\(key)", "unknown-value",
                        "must be one of \(authority.marks.joined(separator: ", "))")
                }
            }
            return ratings
        default:
            self.fail(name, "type", "must be an object")
            return [:]
        }
    }
}
