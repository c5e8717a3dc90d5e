import LocalFiles
import Synchronization

/// Shows progress where nothing moves, such as the log of a build server: a line when something ends, and one every
/// half minute while a stage runs.
///
/// Writes to standard error, so that results can be piped.
public final class LineProgress: ProgressSink {
    private struct State {
        var board = ProgressBoard()
        var lastLine: Duration = .zero
    }

    private static let spacing = Duration.seconds(30)

    private let start = ContinuousClock.now
    private let state = Mutex(State())

    public init() {}

    public func report(_ event: ProgressEvent) {
        let now = ContinuousClock.now - self.start
        self.state.withLock { state in
            let line: String?
            switch event {
            case .note(let text): line = text
            case .warning(let text): line = "warning: \(text)"
            case .retry(let reason, let delay):
                line = "\(reason); trying again in \(ProgressBoard.time(delay / .seconds(1)))"
            case .stage(let progress):
                let ended = state.board.update(progress, at: now)
                let isDue = progress.state == .running && now - state.lastLine >= Self.spacing
                line = ended && progress.state != .skipped || isDue ? state.board.line(of: progress.name, at: now) : nil
            }
            guard let line else { return }
            state.lastLine = now
            Terminal.writeError(line + "\n")
        }
    }

    public func finish() {}
}
