/// How long a request may be silent.
struct Watchdog: Sendable {
    /// When it is given up.
    let limit: Duration

    /// When it is sent once more because others are never silent for so long; nil for not before the limit.
    var early: Duration?

    /// Asked before one is given up early: too many at once tell of a store that pauses, not of a connection that is dead.
    var permit: @Sendable () -> Bool = { false }

    /// Runs something that must keep moving; when nothing moved for so long, it is cancelled.
    ///
    /// - Throws: ``ObjectStoreError/timedOut(after:)`` as a failure to be tried again, or what the body throws.
    func watch<Value: Sendable>(
        _ progress: Progress, _ body: @Sendable @escaping () async -> Result<Value, S3Failure>
    ) async throws(S3Failure) -> Value {
        progress.begin()
        let result = await withTaskGroup(of: Result<Value, S3Failure>?.self) { group in
            group.addTask { await body() }
            group.addTask { await self.timeOut(progress) }
            while let result = await group.next() {
                guard let result else { continue }
                group.cancelAll()
                return result
            }
            return .failure(S3Failure(.cancelled, .none))
        }
        return try result.get()
    }

    private func timeOut<Value>(_ progress: Progress) async -> Result<Value, S3Failure>? {
        var early = self.early
        while true {
            let pace = min(early ?? self.limit, self.limit)
            do { try await Task.sleep(for: pace / 4, tolerance: pace / 8) } catch { return nil }
            let silence = progress.silentFor
            if silence >= self.limit {
                return .failure(S3Failure(.timedOut(after: self.limit), .retry(.transient)))
            }
            if let moment = early, silence >= moment {
                if self.permit() { return .failure(S3Failure(.timedOut(after: moment), .sendAgain)) }
                early = nil
            }
        }
    }
}
