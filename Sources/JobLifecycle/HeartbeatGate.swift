/// Whether a worker may take jobs, by its own watch.
///
/// A worker that cannot say that it lives will soon be taken for dead; what it leased meanwhile would be run twice. So it
/// stops leasing when two heartbeats have been missed, before others stop believing in it.
public struct HeartbeatGate: Sendable {
    private let period: Duration
    private var latest: Duration
    /// Since when no heartbeat has been missed, if one ever was.
    private var steadySince: Duration?

    /// - Parameters:
    ///   - period: between two heartbeats.
    ///   - now: when the worker registered.
    public init(period: Duration, at now: Duration) {
        self.period = period
        self.latest = now
    }

    /// - Parameter began: when the heartbeat that succeeded was begun, not when it was answered.
    public mutating func succeeded(began: Duration) {
        if !self.isOpen(at: began) { self.steadySince = began }
        self.latest = max(self.latest, began)
    }

    /// Whether the worker may declare others dead: not just after an outage of the database, which nobody could tell from
    /// their own death.
    public func mayRescue(silence: Duration, at now: Duration) -> Bool {
        guard self.isOpen(at: now) else { return false }
        guard let steadySince = self.steadySince else { return true }
        return now - steadySince >= silence
    }

    public func isOpen(at now: Duration) -> Bool { now - self.latest <= self.period * 2 }
}
