import LocalFiles
import Synchronization

/// Shows progress on a terminal: finished things above, one line that moves for each stage below.
///
/// Writes to standard error, so that results can be piped.
public final class TerminalProgress: ProgressSink {
    private struct State {
        var board = ProgressBoard()
        var shownLines = 0
        var lastDrawn: Duration = .seconds(-1)
    }

    private static let spacing = Duration.milliseconds(100)

    private let start = ContinuousClock.now
    private let state = Mutex(State())

    public init() {}

    public func report(_ event: ProgressEvent) {
        let now = ContinuousClock.now - self.start
        self.state.withLock { state in
            switch event {
            case .note(let text): Self.draw(&state, above: text, at: now)
            case .warning(let text): Self.draw(&state, above: "warning: \(text)", at: now)
            case .retry(let reason, let delay):
                let seconds = ProgressBoard.time(delay / .seconds(1))
                Self.draw(&state, above: "\(reason); trying again in \(seconds)", at: now)
            case .stage(let progress):
                let ended = state.board.update(progress, at: now)
                guard ended || now - state.lastDrawn >= Self.spacing else { return }
                Self.draw(&state, above: nil, at: now)
            }
        }
    }

    public func finish() {
        let now = ContinuousClock.now - self.start
        self.state.withLock { state in
            Self.draw(&state, above: nil, at: now)
            state.board = ProgressBoard()
            state.shownLines = 0
        }
    }

    private static func draw(_ state: inout State, above text: String?, at now: Duration) {
        // Up to the first moving line, clear to the end of the screen, write again.
        var output = state.shownLines > 0 ? "\u{1B}[\(state.shownLines)A\u{1B}[J" : ""
        if let text { output += text + "\n" }
        let lines = state.board.lines(at: now, width: Terminal.columns)
        for line in lines { output += line + "\n" }
        state.shownLines = lines.count
        state.lastDrawn = now
        if !output.isEmpty { Terminal.writeError(output) }
    }
}
