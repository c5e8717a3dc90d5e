import Synchronization

/// Measures answers, and sends small requests that are late a second time.
final class Hedging: Sendable {
    private struct State {
        var latencies = LatencyWindow()
        var budget = HedgeBudget()
    }

    private let state = Mutex(State())

    /// Sends a request that may be sent twice; when its answer is late, sends it once more and takes the first that comes.
    ///
    /// - Parameter attempt: sends once. Cancelled when the other one was quicker.
    func run<Value: Sendable>(
        _ attempt: @Sendable @escaping () async -> Result<Value, S3Failure>
    ) async -> Result<Value, S3Failure> {
        let lateAfter = self.state.withLock { state in
            state.budget.begin()
            return state.latencies.lateAfter
        }
        guard let lateAfter else { return await self.measured(attempt) }
        return await withTaskGroup(of: Result<Value, S3Failure>?.self) { group in
            group.addTask { await self.measured(attempt) }
            group.addTask {
                do { try await Task.sleep(for: lateAfter) } catch { return nil }
                guard self.state.withLock({ $0.budget.take() }) else { return nil }
                return await self.measured(attempt)
            }
            var failure: Result<Value, S3Failure>?
            while let result = await group.next() {
                guard let result else { continue }
                if case .success = result {
                    group.cancelAll()
                    return result
                }
                // A failure is told at once: what is sent next is a retry, not a second try.
                failure = failure ?? result
                group.cancelAll()
            }
            return failure ?? .failure(S3Failure(.cancelled, .none))
        }
    }

    private func measured<Value: Sendable>(
        _ attempt: @Sendable () async -> Result<Value, S3Failure>
    ) async -> Result<Value, S3Failure> {
        let begun = ContinuousClock.now
        let result = await attempt()
        if case .success = result { self.state.withLock { $0.latencies.record(ContinuousClock.now - begun) } }
        return result
    }
}
