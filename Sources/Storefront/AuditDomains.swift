/// Which parts of the audit log a role may read, by the first word of the action.
public enum AuditDomains {
    /// What money is about.
    public static let finance = ["payout", "finance", "ledger", "payment_settings"]

    /// - Parameter role: nil for an API key, which never gets that far.
    /// - Returns: nil for everything.
    public static func readable(by role: Role?) -> [String]? {
        switch role {
        case .admin?: nil
        case .finance?: self.finance
        case .developer?, .marketing?, nil: []
        }
    }
}
