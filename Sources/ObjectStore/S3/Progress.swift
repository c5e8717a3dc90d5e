import Synchronization

/// Bytes that a request has moved, in either direction.
///
/// Written by whoever moves them, read by its watchdog.
final class Progress: Sendable {
    private let bytes = Atomic<Int64>(0)

    var count: Int64 { self.bytes.load(ordering: .relaxed) }

    func move(_ count: Int) { self.bytes.add(Int64(count), ordering: .relaxed) }
}

/// Runs something that must keep moving; when nothing moved for so long, it is cancelled.
///
/// - Throws: ``ObjectStoreError/timedOut(after:)`` as a transient failure, or what the body throws.
func watching<Value: Sendable>(
    _ progress: Progress, limit: Duration, _ body: @Sendable @escaping () async -> Result<Value, S3Failure>
) async throws(S3Failure) -> Value {
    let result = await withTaskGroup(of: Result<Value, S3Failure>?.self) { group in
        group.addTask { await body() }
        group.addTask {
            var seen = progress.count
            var moved = ContinuousClock.now
            while true {
                do { try await Task.sleep(for: limit / 4, tolerance: limit / 8) } catch { return nil }
                let count = progress.count
                if count != seen {
                    seen = count
                    moved = .now
                } else if ContinuousClock.now - moved >= limit {
                    return .failure(S3Failure(.timedOut(after: limit), .retry(.transient)))
                }
            }
        }
        while let result = await group.next() {
            guard let result else { continue }
            group.cancelAll()
            return result
        }
        return .failure(S3Failure(.cancelled, .none))
    }
    return try result.get()
}
