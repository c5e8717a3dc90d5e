public import FoundationEssentials

/// Which records of a log are wanted; nil is for all.
public struct AuditFilter: Equatable, Sendable {
    /// An action, or the beginning of several up to a dot: `payout` for `payout.requested` too.
    public var action: String?
    /// The identifier of who did it.
    public var actor: String?
    public var target: String?
    public var from: Date?
    public var until: Date?
    /// First words of actions; for readers who may see some only.
    public var domains: [String]?

    public init() {}
}
