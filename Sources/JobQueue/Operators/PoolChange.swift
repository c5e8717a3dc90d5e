public import JobLifecycle

/// What an operator changes of the `PoolSettings` of one queue, on one node or on all.
public struct PoolChange: Sendable {
    public var mode: Setting<PoolMode>
    public var slots: Setting<Int>
    public var prefetch: Setting<Int>
    public var leastUrgent: Setting<Int>
    public var tuning: Setting<ClosedRange<Int>>

    public init(
        mode: Setting<PoolMode> = .keep, slots: Setting<Int> = .keep, prefetch: Setting<Int> = .keep,
        leastUrgent: Setting<Int> = .keep, tuning: Setting<ClosedRange<Int>> = .keep
    ) {
        self.mode = mode
        self.slots = slots
        self.prefetch = prefetch
        self.leastUrgent = leastUrgent
        self.tuning = tuning
    }

    func applied(to old: PoolSettings) -> PoolSettings {
        PoolSettings(
            mode: self.mode.applied(to: old.mode), slots: self.slots.applied(to: old.slots),
            prefetch: self.prefetch.applied(to: old.prefetch),
            leastUrgent: self.leastUrgent.applied(to: old.leastUrgent), tuning: self.tuning.applied(to: old.tuning))
    }
}
