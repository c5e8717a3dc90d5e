import FoundationEssentials

/// How busy this machine's processors and busiest disk were since the last look, as Linux counts it (proc(5)).
struct MachineLoad: Sendable {
    private var busy: Double = 0
    private var total: Double = 0
    private var disks: [String: Double] = [:]
    private var looked = ContinuousClock.now

    init() {}

    /// - Returns: shares from 0 to 1; 0 where the system does not tell.
    mutating func measure() -> (processors: Double, disk: Double) {
        let now = ContinuousClock.now
        let elapsed = max((now - self.looked) / .milliseconds(1), 1)
        self.looked = now
        return (self.processors(), self.disk(elapsed))
    }

    private mutating func processors() -> Double {
        guard let line = Self.lines("/proc/stat").first(where: { $0.hasPrefix("cpu ") }) else { return 0 }
        let fields = line.split(separator: " ").dropFirst().compactMap { Double($0) }
        guard fields.count >= 5 else { return 0 }
        let total = fields.prefix(8).reduce(0, +)
        // The fourth and fifth are idle, and idle for want of a disk.
        let busy = total - fields[3] - fields[4]
        defer { (self.busy, self.total) = (busy, total) }
        guard self.total > 0, total > self.total else { return 0 }
        return min(max((busy - self.busy) / (total - self.total), 0), 1)
    }

    private mutating func disk(_ elapsed: Double) -> Double {
        var worst = 0.0
        for line in Self.lines("/proc/diskstats") {
            let fields = line.split(separator: " ")
            // The thirteenth is the time in milliseconds during which requests were under way.
            guard fields.count >= 13, let time = Double(fields[12]) else { continue }
            let name = String(fields[2])
            guard !name.hasPrefix("loop"), !name.hasPrefix("ram") else { continue }
            if let before = self.disks[name] { worst = max(worst, (time - before) / elapsed) }
            self.disks[name] = time
        }
        return min(worst, 1)
    }

    private static func lines(_ path: String) -> [Substring] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n")
    }
}
