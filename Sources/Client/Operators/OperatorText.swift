import FoundationEssentials

/// How operators read what the service says.
public enum OperatorText {
    /// `-` for none, `10000+` where counting stops.
    static func count(_ number: Int) -> String { number >= 10_000 ? "10000+" : "\(number)" }

    static func limit(_ number: Int?) -> String { number.map(String.init) ?? "-" }

    /// `850 ms`, `12 s`, `3 min`, `2 h`, `4 d`.
    static func age(_ duration: Duration?) -> String {
        guard let duration else { return "-" }
        let seconds = duration / .seconds(1)
        switch seconds {
        case ..<1: return "\(Int((max(0, seconds) * 1000).rounded())) ms"
        case ..<120: return "\(Int(seconds)) s"
        case ..<7200: return "\(Int(seconds / 60)) min"
        case ..<172_800: return "\(Int(seconds / 3600)) h"
        default: return "\(Int(seconds / 86_400)) d"
        }
    }

    /// How long ago a time was.
    static func age(since time: String?, at now: Date) -> String {
        guard let time, let date = Self.date(time) else { return "-" }
        return self.age(.seconds(max(0, now.timeIntervalSince(date))))
    }

    static func date(_ text: String) -> Date? {
        try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    static func rate(_ perSecond: Double) -> String {
        perSecond >= 100 ? "\(Int(perSecond.rounded()))/s" : "\((perSecond * 10).rounded() / 10)/s"
    }

    static func progress(_ progress: OperatorJobDocument.Progress) -> String {
        if let share = progress.share { return "\(Int(share * 100)) %" }
        return progress.itemsDone > 0 ? "\(progress.itemsDone)" : "-"
    }

    /// What holds for a queue, in words; empty when nothing does.
    public static func limits(_ settings: QueueSettingsDocument) -> String {
        var words: [String] = []
        if settings.paused { words.append("PAUSED") }
        if let limit = settings.runningLimit { words.append("\(limit) at a time") }
        if let limit = settings.keyLimit { words.append("\(limit) a key") }
        if let rate = settings.rate { words.append("\(self.rate(rate.perSecond)), burst \(rate.burst)") }
        return words.joined(separator: ", ")
    }

    /// What an operator said of pools, in words.
    static func setting(_ setting: PoolDocument.Setting) -> String {
        var words: [String] = []
        if let mode = setting.mode, mode != "working" { words.append(mode.uppercased()) }
        if let slots = setting.concurrency { words.append("concurrency \(slots)") }
        if let prefetch = setting.prefetch { words.append("prefetch \(prefetch)") }
        if let floor = setting.priorityFloor { words.append("priorities up to \(floor)") }
        if let tuning = setting.tuning { words.append("tuned from \(tuning.from) to \(tuning.to)") }
        return words.isEmpty ? "nothing set" : words.joined(separator: ", ")
    }
}
