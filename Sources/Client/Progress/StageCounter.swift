import Synchronization

/// Counts what one stage has done, from any thread, and reports it.
final class StageCounter: Sendable {
    private let progress: any ProgressSink
    private let state: Mutex<StageProgress>

    init(
        _ name: String, total: Int64?, unit: StageProgress.Unit = .bytes, progress: any ProgressSink
    ) {
        self.progress = progress
        self.state = Mutex(StageProgress(name, .running, total: total, unit: unit))
    }

    /// What was done in all.
    var done: Int64 { self.state.withLock { $0.done } }

    /// - Parameter amount: negative when something has to be done again.
    func add(_ amount: Int) {
        guard amount != 0 else { return }
        self.report { $0.done += Int64(amount) }
    }

    func setTotal(_ total: Int64) { self.report { $0.total = total } }

    /// The last call, when it went well.
    ///
    /// A stage that had nothing to do is not shown.
    func finish() {
        self.report { stage in stage.state = stage.done > 0 ? .done : .skipped }
    }

    func fail() { self.report { $0.state = .failed } }

    private func report(_ change: (inout StageProgress) -> Void) {
        // Reported under the lock, so that nobody sees numbers go back.
        self.state.withLock { stage in
            change(&stage)
            self.progress.report(.stage(stage))
        }
    }
}
