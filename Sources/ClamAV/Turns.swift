import Synchronization

/// A number of turns, given out first come first served.
final class Turns: Sendable {
    private struct State {
        var free: Int
        var next: UInt64 = 0
        var waiting: [(id: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
        /// Cancelled before they stood in line.
        var cancelled: Set<UInt64> = []
    }

    private let state: Mutex<State>

    init(_ count: Int) { self.state = Mutex(State(free: count)) }

    /// Waits for a turn, which is the caller's until ``give()``.
    ///
    /// - Throws: ``ScanError/cancelled``, holding none, when the task is cancelled first.
    func take() async throws(ScanError) {
        let id = self.state.withLock { state in
            state.next += 1
            return state.next
        }
        let granted = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = self.state.withLock { state in
                    if state.cancelled.remove(id) != nil { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiting.append((id, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let continuation: CheckedContinuation<Bool, Never>? = self.state.withLock { state in
                guard let index = state.waiting.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.waiting.remove(at: index).continuation
            }
            continuation?.resume(returning: false)
        }
        // A cancellation after the turn was granted leaves its mark behind.
        self.state.withLock { _ = $0.cancelled.remove(id) }
        guard granted else { throw .cancelled }
    }

    /// Passes the turn to whoever has waited longest.
    func give() {
        let first: CheckedContinuation<Bool, Never>? = self.state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        first?.resume(returning: true)
    }
}
