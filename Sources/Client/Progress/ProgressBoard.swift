import Content

/// The lines that show all stages at one moment, one line a stage.
///
/// Pure: time is an argument, counted from any beginning.
struct ProgressBoard: Sendable {
    private struct Row: Sendable {
        var progress: StageProgress
        var meter = RateMeter()
        var started: Duration
        var ended: Duration?
    }

    private static let barWidth = 24

    private var rows: [Row] = []

    /// - Returns: whether the stage ended with this.
    @discardableResult
    mutating func update(_ progress: StageProgress, at time: Duration) -> Bool {
        let index: Int
        if let known = self.rows.firstIndex(where: { $0.progress.name == progress.name }) {
            index = known
        } else {
            index = self.rows.count
            self.rows.append(Row(progress: progress, started: time))
        }
        let wasRunning = self.rows[index].ended == nil
        if self.rows[index].progress.state == .waiting { self.rows[index].started = time }
        self.rows[index].progress = progress
        self.rows[index].meter.record(progress.done, at: time)
        guard progress.state != .running, progress.state != .waiting else {
            self.rows[index].ended = nil
            return false
        }
        if wasRunning { self.rows[index].ended = time }
        return wasRunning
    }

    /// The lines, none wider than `width` columns.
    func lines(at time: Duration, width: Int) -> [String] {
        self.rows.map { String(self.line($0, at: time).prefix(max(20, width - 1))) }
    }

    /// The line of one stage.
    func line(of name: String, at time: Duration) -> String? {
        self.rows.first { $0.progress.name == name }.map { self.line($0, at: time) }
    }

    private func line(_ row: Row, at time: Duration) -> String {
        let progress = row.progress
        let name = progress.name + String(repeating: " ", count: max(1, 10 - progress.name.count))
        switch progress.state {
        case .waiting: return "\(name)waiting"
        case .skipped: return "\(name)not needed"
        case .failed: return "\(name)failed after \(Self.amount(progress.done, progress.unit))"
        case .done:
            let seconds = ((row.ended ?? time) - row.started) / Duration.seconds(1)
            return "\(name)\(Self.amount(progress.done, progress.unit)) in \(Self.time(seconds))"
        case .running:
            var line = name + Self.bar(progress) + "  " + Self.amount(progress.done, progress.unit)
            if let total = progress.total { line += " of \(Self.amount(total, progress.unit))" }
            if let rate = row.meter.rate, rate >= 1 { line += "  \(Self.amount(Int64(rate), progress.unit))/s" }
            if let total = progress.total, let left = row.meter.remaining(to: total), left >= 1, left < 360_000 {
                line += "  \(Self.time(left)) left"
            }
            return line
        }
    }

    private static func bar(_ progress: StageProgress) -> String {
        guard let total = progress.total, total > 0 else {
            return "[" + String(repeating: " ", count: self.barWidth) + "]"
        }
        let share = min(1, max(0, Double(progress.done) / Double(total)))
        let filled = Int(share * Double(self.barWidth))
        return "[" + String(repeating: "#", count: filled) + String(repeating: " ", count: self.barWidth - filled) + "]"
    }

    private static func amount(_ amount: Int64, _ unit: StageProgress.Unit) -> String {
        switch unit {
        case .bytes: ByteCount(amount).description
        case .files: amount == 1 ? "1 file" : "\(amount) files"
        }
    }

    /// `0.4 s`, `12 s`, `3:05`, `1:02:03`.
    static func time(_ seconds: Double) -> String {
        let tenths = Int((max(0, seconds) * 10).rounded())
        if tenths < 100 { return "\(tenths / 10).\(tenths % 10) s" }
        let whole = (tenths + 5) / 10
        if whole < 60 { return "\(whole) s" }
        let pad = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        if whole < 3600 { return "\(whole / 60):\(pad(whole % 60))" }
        return "\(whole / 3600):\(pad(whole / 60 % 60)):\(pad(whole % 60))"
    }
}
