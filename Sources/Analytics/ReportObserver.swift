public import Postgres

/// Whoever must act when a report moves: has it generated, tells people.
public protocol ReportObserver: Sendable {
    /// A report was asked for, is ready or failed; commits together with that.
    func reportMoved(_ report: ReportRecord, in transaction: Transaction) async throws
}

/// Nobody.
public struct NoReportObserver: ReportObserver {
    public init() {}

    public func reportMoved(_ report: ReportRecord, in transaction: Transaction) async throws {}
}
