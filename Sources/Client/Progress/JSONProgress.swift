import FoundationEssentials
import LocalFiles
import Synchronization

/// Writes one JSON object a line to standard output: `{"event":"stage","stage":"send","state":"running",…}`.
public final class JSONProgress: ProgressSink {
    private struct Line: Encodable {
        var event: String
        var message: String?
        var stage: String?
        var state: String?
        var done: Int64?
        var total: Int64?
        var unit: String?
        var seconds: Double?
    }

    private static let spacing = Duration.milliseconds(500)

    private let start = ContinuousClock.now
    private let lastShown = Mutex<[String: (time: Duration, state: StageProgress.State)]>([:])

    public init() {}

    public func report(_ event: ProgressEvent) {
        switch event {
        case .note(let text): Self.write(Line(event: "note", message: text))
        case .warning(let text): Self.write(Line(event: "warning", message: text))
        case .retry(let reason, let delay):
            Self.write(Line(event: "retry", message: reason, seconds: delay / .seconds(1)))
        case .stage(let progress):
            guard self.isDue(progress) else { return }
            Self.write(
                Line(
                    event: "stage", stage: progress.name, state: progress.state.rawValue, done: progress.done,
                    total: progress.total, unit: progress.unit.rawValue))
        }
    }

    public func finish() {}

    /// Writes a value as one line.
    public static func write(_ value: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { return }
        Terminal.writeOutput(String(decoding: data, as: UTF8.self) + "\n")
    }

    private func isDue(_ progress: StageProgress) -> Bool {
        let now = ContinuousClock.now - self.start
        return self.lastShown.withLock { shown in
            if let last = shown[progress.name], last.state == progress.state,
                progress.state != .running || now - last.time < Self.spacing
            {
                return false
            }
            shown[progress.name] = (now, progress.state)
            return true
        }
    }
}
