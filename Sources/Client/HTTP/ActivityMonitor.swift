import Synchronization

/// Gives up on a connection on which nothing moves.
///
/// Whoever works with the connection says when something moved, and how long the next movement may take.
final class ActivityMonitor: Sendable {
    private static let interval = Duration.seconds(1)

    private let end: ContinuousClock.Instant?
    private let due: Mutex<ContinuousClock.Instant>

    /// - Parameters:
    ///   - limit: until something moves for the first time.
    ///   - total: for everything, however steadily it moves; nil for what has no end.
    init(limit: Duration, total: Duration?) {
        let now = ContinuousClock.now
        self.end = total.map { now + $0 }
        self.due = Mutex(now + limit)
    }

    /// Something moved.
    ///
    /// - Parameter limit: how long the next movement may take.
    func touch(limit: Duration) {
        let next = ContinuousClock.now + limit
        self.due.withLock { $0 = next }
    }

    /// Does something, and cancels it when it is overdue.
    ///
    /// - Throws: ``ConnectionFault`` then.
    func watch<Value: Sendable>(
        _ address: WebAddress, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while true {
                    try await Task.sleep(for: Self.interval)
                    let now = ContinuousClock.now
                    if now > self.due.withLock({ $0 }) { return nil }
                    if let end = self.end, now > end { return nil }
                }
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else {
                throw ConnectionFault(url: address.publicText, reason: "nothing moved on the connection for too long")
            }
            return value
        }
    }
}
