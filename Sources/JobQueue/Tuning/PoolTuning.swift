import JobLifecycle

/// Gathers what a `SlotTuner` needs to know, between its looks.
struct PoolTuning: Sendable {
    private var tuner = SlotTuner()
    private var sums: [QueueName: Int] = [:]
    private var samples = 0
    private var machine = MachineLoad()
    /// Heartbeats between two looks.
    static let period = 5

    init() {}

    /// - Returns: whether it is time to look.
    mutating func sample(_ loads: [QueueName: PoolLoad]) -> Bool {
        for (queue, load) in loads { self.sums[queue, default: 0] += load.running }
        self.samples += 1
        return self.samples >= Self.period
    }

    mutating func moves(
        _ loads: [QueueName: PoolLoad], bounds: [QueueName: ClosedRange<Int>], lags: [QueueName: Duration],
        at now: Duration
    ) -> [SlotTuner.Move] {
        let use = self.machine.measure()
        var readings: [QueueName: SlotTuner.Reading] = [:]
        for (queue, load) in loads where load.mode == .working {
            readings[queue] = SlotTuner.Reading(
                slots: load.slots, bounds: bounds[queue],
                busy: Double(self.sums[queue] ?? 0) / Double(max(self.samples, 1)),
                lag: lags[queue] ?? .zero)
        }
        self.sums = [:]
        self.samples = 0
        return self.tuner.moves(readings, processors: use.processors, disk: use.disk, at: now)
    }
}
