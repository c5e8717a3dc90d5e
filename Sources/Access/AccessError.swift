public import Accounts
public import Content
public import Storefront

/// Why a request is not let in.
///
/// The caller must bring something else, unless it says otherwise.
public enum AccessError: Error, Equatable, Sendable {
    /// The request names nobody.
    case noCredentials
    /// It names two: a token and a key, or two of one kind.
    case severalCredentials
    /// `Authorization` has another scheme than Bearer.
    case unsupportedScheme
    /// The token was good once.
    case tokenExpired
    /// The token is not one of ours; the cause is for the log, never for the caller.
    case tokenRejected(TokenObjection)
    /// The key is wrong, revoked or expired; which of them is nobody's business.
    case keyRejected
    /// The issuer's keys cannot be had. Somebody must look at the issuer; the caller may try again.
    case issuerUnavailable(reason: String)
    /// The person belongs to no company.
    case noCompany
    /// The person belongs to several and chose none.
    case companySelectionRequired([Membership])
    /// The person does not belong to the company that was chosen, or the key is another company's.
    case notAMember
    /// The role does not carry the permission; these do.
    case forbidden(Permission, role: Role, roles: [Role])
    /// The key does not carry the scope; `isGrantable` says whether any key could.
    case scopeMissing(Permission, isGrantable: Bool)
    /// Only people may do this, not keys.
    case peopleOnly
    /// Only services of the platform may do this, and only with this right.
    case serviceOnly(ServicePermission)
    /// The key is not for the address the request comes from.
    case addressRefused
    /// These games do not exist, or are another company's.
    case unknownGames([GameID])
    /// The company has so many trusts; delete some.
    case tooManyTrusts(limit: Int)
    /// No company trusts what the CI job's token says.
    case noTrust
    /// Several trusts fit the CI job; it must say which it means.
    case severalTrusts
}

/// What is wrong with a token.
public enum TokenObjection: String, Hashable, Sendable {
    case tooLong = "token-too-long"
    case malformed = "token-malformed"
    case algorithmNotAllowed = "algorithm-not-allowed"
    case algorithmOfAnotherKey = "algorithm-of-another-key"
    case keyInHeader = "key-in-header"
    case criticalExtension = "critical-extension"
    case wrongType = "wrong-type"
    case noKeyID = "no-key-id"
    case unknownKey = "unknown-key"
    case badSignature = "bad-signature"
    case wrongIssuer = "wrong-issuer"
    case wrongAudience = "wrong-audience"
    case notYetValid = "not-yet-valid"
    case tooOld = "too-old"
    case noExpiry = "no-expiry"
    case badSubject = "bad-subject"
    case badCompany = "bad-company"
}
