import Synchronization

/// Lets somebody give up on an engine that is still loading.
final class StartTicket: Sendable {
    private struct State {
        var helper: HelperProcess?
        var isCancelled = false
    }

    private let state = Mutex(State())

    var isCancelled: Bool { self.state.withLock { $0.isCancelled } }

    /// Names the process to kill when the ticket is cancelled, or kills it at once when it was.
    func attach(_ helper: HelperProcess) {
        let isCancelled = self.state.withLock { state in
            state.helper = helper
            return state.isCancelled
        }
        if isCancelled { helper.kill() }
    }

    /// Kills the process, so that whoever waits for it to load is told.
    func cancel() {
        let helper = self.state.withLock { state in
            state.isCancelled = true
            return state.helper
        }
        helper?.kill()
    }
}
