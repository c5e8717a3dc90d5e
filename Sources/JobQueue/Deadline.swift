/// Work took longer than it was given.
struct DeadlineExceeded: Error {}

/// Runs work and cancels it when it takes too long.
///
/// Returns only after the work has ended, since what it may still touch cannot be given to others before.
///
/// - Throws: ``DeadlineExceeded`` when the time was over first, else what the work throws.
func withDeadline<Value: Sendable>(
    _ limit: Duration, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw DeadlineExceeded()
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}
