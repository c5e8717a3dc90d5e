public import Content
public import FoundationEssentials
import Postgres

/// Whether a second person has looked at where a company's money goes.
public struct PaymentApproval: Equatable, Sendable {
    public enum State: String, CaseIterable, Sendable {
        /// The first details, or such that send the money where it went before.
        case notNeeded = "not_needed"
        /// Nothing is paid out until somebody else approves.
        case pending
        case approved
    }

    public let state: State
    /// `user:…`, or `platform:…` by name.
    public let approvedBy: String?
    public let approvedAt: Date?

    init(_ row: Row) throws(PostgresError) {
        let isNeeded: Bool = try row("needs_approval")
        self.approvedBy = try row("approved_by")
        self.approvedAt = try row("approved_at")
        self.state = !isNeeded ? .notNeeded : self.approvedAt == nil ? .pending : .approved
    }
}

/// Who approves.
public enum PaymentApprover: Equatable, Sendable {
    case user(UserID)
    /// A service of the platform, by name: for a company that has one person only.
    case platform(String)

    var text: String {
        switch self {
        case .user(let user): "user:\(user)"
        case .platform(let name): "platform:\(name)"
        }
    }

    var user: UserID? { if case .user(let user) = self { user } else { nil } }
}
