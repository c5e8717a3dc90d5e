/// Lets a few through at a time, and those who wait by fair shares: whoever has had the least comes first.
///
/// Start-time fair queueing (Goyal, Vin, Cheng, SIGCOMM 1996): each passage is tagged with where the clock of its key stands,
/// which its weight then moves on; the lowest tag passes next, and a key that had nothing to do for a while is owed nothing
/// for it. So two keys that both always want something get equal weight, however many ask for each.
/// `@unchecked Sendable`: every variable is touched under `monitor` only.
@safe public final class FairGate: @unchecked Sendable {
    private struct Waiter: Equatable {
        let start: Int64
        /// In the order of arrival, for equal starts.
        let number: Int
    }

    private let width: Int
    private let monitor = Monitor()
    private var inside = 0
    private var arrivals = 0
    private var waiters: [Waiter] = []
    /// Where the tags stand: that of the passage begun last.
    private var now: Int64 = 0
    /// Where each key's clock stands, as far as it is past `now`.
    private var clocks: [String: Int64] = [:]

    /// - Parameter width: how many pass at once, at least 1.
    public init(width: Int) {
        precondition(width >= 1, "a gate lets somebody through")
        self.width = width
    }

    /// How many wait for a turn.
    var waiting: Int {
        self.monitor.lock()
        defer { self.monitor.unlock() }
        return self.waiters.count
    }

    /// Waits for a turn, then runs `body`; blocks.
    ///
    /// - Parameters:
    ///   - key: whose share it comes from.
    ///   - weight: what it takes of that share, e.g. bytes; at least 0.
    public func pass<Result, Failure: Error>(
        as key: String, weight: Int, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        self.enter(key, weight: Int64(weight))
        defer { self.leave() }
        return try body()
    }

    private func enter(_ key: String, weight: Int64) {
        self.monitor.lock()
        let start = max(self.now, self.clocks[key] ?? 0)
        self.clocks[key] = start + weight
        self.arrivals += 1
        let waiter = Waiter(start: start, number: self.arrivals)
        self.waiters.append(waiter)
        while self.inside >= self.width || self.first != waiter { self.monitor.wait() }
        self.waiters.removeAll { $0 == waiter }
        self.inside += 1
        self.now = max(self.now, start)
        // A key whose clock is past is like one never seen.
        if self.clocks.count > 64 { self.clocks = self.clocks.filter { $0.value > self.now } }
        let another = self.inside < self.width && !self.waiters.isEmpty
        self.monitor.unlock()
        if another { self.monitor.broadcast() }
    }

    private func leave() {
        self.monitor.lock()
        self.inside -= 1
        self.monitor.unlock()
        self.monitor.broadcast()
    }

    private var first: Waiter? {
        self.waiters.min { $0.start != $1.start ? $0.start < $1.start : $0.number < $1.number }
    }
}
