/// The end of a company's chain; written down elsewhere, it proves later what was there.
public struct AuditHead: Equatable, Sendable {
    public let seq: Int64
    public let hash: [UInt8]

    public init(seq: Int64, hash: [UInt8]) {
        self.seq = seq
        self.hash = hash
    }
}

/// What computing a chain again has shown.
public struct AuditVerification: Equatable, Sendable {
    public let records: Int64
    /// The first place that does not fit: changed, missing, or out of order; nil when all is as it was written.
    public let firstBroken: Int64?
    /// Nil when nothing was ever written.
    public let head: AuditHead?
    /// The last row that was let go because it was old enough; nil when all are there.
    public let prunedThrough: Int64?

    public var isIntact: Bool { self.firstBroken == nil }
}
