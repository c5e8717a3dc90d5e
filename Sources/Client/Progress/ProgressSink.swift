/// Takes what happens and shows it, or not.
///
/// Called from any task, and quick.
public protocol ProgressSink: Sendable {
    func report(_ event: ProgressEvent)

    /// Shows what was held back, and leaves the cursor below it. The last call.
    func finish()
}

/// Shows nothing.
public struct NoProgress: ProgressSink {
    public init() {}
    public func report(_ event: ProgressEvent) {}
    public func finish() {}
}
