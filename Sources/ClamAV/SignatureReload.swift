/// What a reload of the signatures led to.
public struct SignatureReload: Hashable, Sendable {
    /// The engine before.
    public let before: ScanEngine
    /// The engine now.
    public let after: ScanEngine
    /// How long loading and checking took; the old engine went on scanning meanwhile.
    public let duration: Duration

    /// Whether verdicts may differ from before.
    public var isChange: Bool { self.before.id != self.after.id }
}
