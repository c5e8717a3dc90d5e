public import Storefront

/// What a company wants to have changed about itself.
///
/// What is nil stays as it is.
public struct CompanyChange: Equatable, Sendable {
    /// 1 to 255 characters.
    public var name: String?
    public var kind: CompanyKind?
    public var legalDetails: Update?

    /// A new value for something that may be absent.
    public enum Update: Equatable, Sendable {
        case set(JSONValue)
        case clear
    }

    public init(name: String?, kind: CompanyKind? = nil, legalDetails: Update?) {
        self.name = name
        self.kind = kind
        self.legalDetails = legalDetails
    }
}
