/// Why a text is not the requisite it claims to be.
public enum RequisiteFault: Error, Hashable, Sendable {
    /// It has another number of characters than the kind has.
    case length(allowed: [Int])
    /// A character does not belong there.
    case characters
    /// The number was mistyped: its check digit says so.
    case checkDigit
    /// The first digits are not those of the kind.
    case prefix(allowed: [String])

    /// Stable; what programs look at.
    public var code: String {
        switch self {
        case .length: "length"
        case .characters: "character"
        case .checkDigit: "check-digit"
        case .prefix: "format"
        }
    }

    /// What is wrong, to follow a field's name.
    public var message: String {
        switch self {
        case .length(let allowed): "must have \(allowed.map(String.init).joined(separator: " or ")) characters"
        case .characters: "must have digits only"
        case .checkDigit: "has a wrong check digit; somewhere in it is a mistake"
        case .prefix(let allowed): "must begin with \(allowed.joined(separator: " or "))"
        }
    }
}
