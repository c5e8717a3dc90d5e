import Access
import HTTPTypes
import Storefront

extension HTTPProblem {
    /// The one place where a closed door becomes a status.
    init(_ error: AccessError) {
        switch error {
        case .noCredentials:
            self.init(unauthenticated: "Send a bearer token or an API key.", challenge: "")
        case .severalCredentials:
            self.init(
                status: .badRequest, code: "several-credentials",
                detail: "Send either a bearer token or an API key, not both and neither twice.")
        case .unsupportedScheme:
            self.init(
                unauthenticated: "The Authorization header has another scheme than Bearer.",
                challenge: ", error=\"invalid_request\"")
        case .tokenExpired:
            self.init(
                unauthenticated: "The token has expired.", code: "token-expired",
                challenge: ", error=\"invalid_token\", error_description=\"expired\"")
        case .tokenRejected:
            self.init(unauthenticated: "The token is not accepted.", challenge: ", error=\"invalid_token\"")
        case .keyRejected:
            self.init(unauthenticated: "The API key is not accepted.", challenge: ", error=\"invalid_token\"")
        case .issuerUnavailable:
            self = .unavailable(retryAfter: 5)
        case .noCompany:
            self.init(
                status: .notFound, code: "no-company", detail: "You belong to no company yet.",
                members: JSONObject([("hint", "Register one with POST /api/v1/developer/accounts.")]))
        case .companySelectionRequired(let memberships):
            self.init(
                status: .badRequest, code: "company-selection-required",
                detail: "You belong to several companies. Name one in the header X-Developer-Id.",
                members: JSONObject([("companies", .array(memberships.map(AccountJSON.membership)))]))
        case .notAMember:
            self.init(
                status: .forbidden, code: "forbidden", detail: "You do not belong to the company you name.")
        case .forbidden(let permission, let role, let roles):
            self.init(
                status: .forbidden, code: "forbidden",
                detail: "The role \(role.rawValue) does not carry the permission \(permission.rawValue).",
                members: JSONObject([
                    ("permission", .string(permission.rawValue)), ("role", .string(role.rawValue)),
                    ("allowed_roles", .array(roles.map { .string($0.rawValue) })),
                ]))
        case .scopeMissing(let permission, let isGrantable):
            self.init(
                status: .forbidden, code: "scope-missing",
                detail: isGrantable
                    ? "The API key does not carry the scope \(permission.rawValue)."
                    : "No API key may do this; it needs a person.",
                members: JSONObject([("scope", .string(permission.rawValue))]))
            if isGrantable {
                self.headers[.wwwAuthenticate] =
                    "Bearer realm=\"slipway\", error=\"insufficient_scope\", scope=\"\(permission.rawValue)\""
            }
        case .serviceOnly(let permission):
            self.init(
                status: .forbidden, code: "forbidden",
                detail: "Only a service of the platform with the scope \(permission.rawValue) may do this.",
                members: JSONObject([("scope", .string(permission.rawValue))]))
        case .unknownGames(let games):
            self = .invalid(
                games.map { FieldError(pointer: "/game_ids", code: "unknown-value", message: "has no game \($0)") })
        case .tooManyTrusts(let limit):
            self.init(
                status: .conflict, code: "too-many-trusts", detail: "The company has \(limit) trusts.",
                members: JSONObject([("limit", .integer(limit)), ("hint", "Delete some.")]))
        case .noTrust:
            self.init(
                status: .forbidden, code: "trust-missing",
                detail: "No company trusts this repository, branch and environment.",
                members: JSONObject([("hint", "An administrator adds a trust with POST …/oidc/trusts.")]))
        case .severalTrusts:
            self.init(
                status: .conflict, code: "trust-ambiguous", detail: "Several trusts fit this job.",
                members: JSONObject([("hint", "Name one as trust_id.")]))
        case .addressRefused:
            self.init(
                status: .forbidden, code: "address-refused", detail: "The API key may not be used from this address.")
        case .peopleOnly:
            self.init(
                status: .forbidden, code: "forbidden", detail: "No API key may do this; it needs a person.")
        }
    }

    private init(unauthenticated detail: String, code: String = "unauthenticated", challenge: String) {
        self.init(status: .unauthorized, code: code, detail: detail)
        self.headers[.wwwAuthenticate] = "Bearer realm=\"slipway\"\(challenge)"
    }
}
