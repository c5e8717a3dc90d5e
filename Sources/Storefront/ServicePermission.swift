/// One right of a service of the platform, or of a moderator, as it stands in the `scope` of a token (RFC 8693 §4.2).
///
/// A token that has one acts for the platform, never for a company.
public enum ServicePermission: String, CaseIterable, Hashable, Sendable {
    case companiesRead = "companies:read"
    case companiesVerify = "companies:verify"
    case companiesSuspend = "companies:suspend"
    case reviewsDecide = "reviews:decide"
    case playerReviewsWrite = "player-reviews:write"
    case payoutsSettle = "payouts:settle"
    case ledgerWrite = "ledger:write"
    case manifestsRead = "manifests:read"
    case installsWrite = "installs:write"
    case sdkPublish = "sdk:publish"

    /// - Parameter claim: the value of `scope`.
    public static func granted(by claim: JSONValue?) -> Set<ServicePermission> {
        guard case .string(let text)? = claim, text.utf8.count <= 4096 else { return [] }
        return Set(text.split(separator: " ").compactMap { ServicePermission(rawValue: String($0)) })
    }
}
