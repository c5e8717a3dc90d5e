import HTTPTypes
import Platform
import Storefront

extension HTTPProblem {
    /// The one place where a refused change to a webhook becomes a status.
    init(_ error: WebhookError) {
        switch error {
        case .tooMany(let limit):
            self.init(
                status: .conflict, code: "too-many-webhooks", detail: "The company has \(limit) webhooks.",
                members: JSONObject([("limit", .integer(limit)), ("hint", "Delete one.")]))
        case .stillPending:
            self.init(
                status: .conflict, code: "delivery-pending", detail: "The delivery is waiting for its turn already.")
        case .disabled:
            self.init(
                status: .conflict, code: "webhook-disabled", detail: "The webhook is switched off.",
                members: JSONObject([("hint", "Switch it on with PATCH and enabled: true.")]))
        }
    }

    /// The one place where another service's trouble becomes a status; which one it was is in the log.
    init(_ error: ServiceError) {
        switch error {
        case .unreachable, .overloaded, .resting: self = .unavailable(retryAfter: 5)
        case .refused, .unreadable: self = .unavailable(retryAfter: 30)
        }
    }
}
