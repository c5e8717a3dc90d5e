import Synchronization

/// Lets so many requests through at once as the window and the byte budget allow; the others wait in line.
final class TransferGate: Sendable {
    private struct Waiter {
        let id: Int
        let bytes: Int
        let resume: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var window: ConcurrencyWindow
        var running = 0
        var bytes = 0
        var nextID = 0
        var line: [Waiter] = []
    }

    private let budget: Int
    private let state: Mutex<State>

    init(window: ConcurrencyWindow, byteBudget: Int) {
        self.budget = byteBudget
        self.state = Mutex(State(window: window))
    }

    /// How many requests may be under way at once now.
    var limit: Int { self.state.withLock { $0.window.limit } }

    /// Runs a request when there is room for it.
    ///
    /// - Parameter bytes: what it holds in memory; more than the whole budget runs alone.
    func pass<Value: Sendable>(
        bytes: Int, _ body: () async throws(ObjectStoreError) -> Value
    ) async throws(ObjectStoreError) -> Value {
        let bytes = min(bytes, self.budget)
        try await self.enter(bytes)
        defer { self.leave(bytes) }
        return try await body()
    }

    func succeed() { self.admit { $0.window.succeed() } }

    func throttle() { self.state.withLock { $0.window.throttle(underWay: $0.running) } }

    private func enter(_ bytes: Int) async throws(ObjectStoreError) {
        let id = self.state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let isAdmitted = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = self.state.withLock { state in
                    if Task.isCancelled { return false }
                    if state.line.isEmpty, self.hasRoom(for: bytes, state) {
                        state.running += 1
                        state.bytes += bytes
                        return true
                    }
                    state.line.append(Waiter(id: id, bytes: bytes, resume: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = self.state.withLock { state -> Waiter? in
                guard let index = state.line.firstIndex(where: { $0.id == id }) else { return nil }
                return state.line.remove(at: index)
            }
            waiter?.resume.resume(returning: false)
        }
        if !isAdmitted { throw .cancelled }
    }

    private func leave(_ bytes: Int) {
        self.admit { state in
            state.running -= 1
            state.bytes -= bytes
        }
    }

    /// Changes the state and lets those in who now have room, in the order in which they came.
    private func admit(after change: (inout State) -> Void) {
        let admitted = self.state.withLock { state in
            change(&state)
            var admitted: [Waiter] = []
            while let first = state.line.first, self.hasRoom(for: first.bytes, state) {
                state.running += 1
                state.bytes += first.bytes
                admitted.append(state.line.removeFirst())
            }
            return admitted
        }
        for waiter in admitted { waiter.resume.resume(returning: true) }
    }

    private func hasRoom(for bytes: Int, _ state: State) -> Bool {
        state.running < state.window.limit && state.bytes + bytes <= self.budget
    }
}
