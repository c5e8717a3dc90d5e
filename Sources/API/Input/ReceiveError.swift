import HTTPTypes
import Storefront

/// Why a body did not arrive.
enum ReceiveError: Error, Equatable {
    /// Nothing came for so long.
    case idle(Duration)
    /// It comes slower than anybody's line is.
    case tooSlow
    /// It is longer than it may be.
    case tooLarge(limit: Int64)
}

extension HTTPProblem {
    init(_ error: ReceiveError) {
        switch error {
        case .idle(let limit):
            self.init(
                status: .requestTimeout, code: "receive-timeout",
                detail: "Nothing came for \(limit.components.seconds) s.")
            self.closesConnection = true
        case .tooSlow:
            self.init(status: .requestTimeout, code: "receive-timeout", detail: "The body comes too slowly.")
            self.closesConnection = true
        case .tooLarge(let limit):
            self.init(
                status: .contentTooLarge, code: "too-large", detail: "The body is longer than \(limit) bytes.",
                members: JSONObject([("limit", .integer(limit))]))
            self.closesConnection = true
        }
    }
}
