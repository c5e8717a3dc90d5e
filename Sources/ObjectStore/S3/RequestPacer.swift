import Glibc

/// How many requests a second a store takes, learnt from what it refuses.
///
/// A window of requests under way cannot hold a rate: where answers come quickly, one request at a time is too many. So once
/// a store has said SlowDown, requests stand in line, and the line moves at a rate.
///
/// - The first refusal sets the rate to what was carried out in the last second, for that is what stores count by. From
///   there it doubles, every half second, until one is refused again.
/// - Later refusals tell more the sooner they come: with one refused after `n` carried out, the store takes about
///   `n / (n + 1)` of the rate. It falls by that, by a twentieth at least and a half at most.
/// - Then it comes back along a cubic to where it was refused, stays about there for seconds, and then tries more: Ha, Rhee,
///   Xu, "CUBIC: a new TCP-friendly high-speed TCP variant" (2008), scaled so that a slow store's curve is as flat as a
///   quick one's.
/// - After a refusal the line stands still for a moment, and then one request goes ahead to see whether the store takes any:
///   one that counts by the second takes none until the next begins.
///
/// Refusals of what was sent before the last change of the rate tell nothing new, and time in which nobody stands in line
/// does not raise the rate. A pure value: times are handed in, in seconds of any clock that only goes forward.
struct RequestPacer: Equatable, Sendable {
    /// What remains of the rate after a refusal.
    private static let remains = 0.5...0.95

    /// Requests a second: below one in two seconds nothing would ever get better.
    private static let rates = 0.5...1e6

    /// Seconds until the rate is again what was refused: longer for a slow store, so that as few of its requests are refused.
    private static let plateau = 4.0...8.0
    private static let plateauRequests = 50.0

    /// Seconds in which it doubles before it was refused twice.
    private static let doubling = 0.5

    /// Seconds that the line stands still at most.
    private static let longestHold = 1.0

    private enum Phase: Equatable {
        case flowing
        case held(until: Double)
        /// One went ahead; without an answer until then the others follow.
        case probing(since: Double, until: Double)
    }

    /// Requests a second; nil while the store has refused nothing.
    private(set) var rate: Double?

    private var phase = Phase.flowing
    /// Where the curve begins, and where it becomes flat.
    private var floor = 0.0
    private var ceiling = 0.0
    private var isSearching = false
    /// Since the rate fell last: when that was, seconds in which somebody stood in line, and requests carried out.
    private var fellAt = -Double.infinity
    private var busy = 0.0
    private var admitted = 0.0
    /// Seconds that the line stands still, and that a refusal takes to come back.
    private var hold = 0.0
    private var patience = 0.0

    /// Places of the line that were given out, and whose turn has come by `time`.
    private var issued = 0.0
    private var served = 0.0
    private var time = 0.0

    /// Carried out in this second and the one before it, while there is no rate.
    private var second = 0.0
    private var count = 0.0
    private var countBefore = 0.0

    /// Takes a place at the end of the line.
    mutating func join(at now: Double) -> Double {
        self.advance(to: now)
        let place = max(self.issued, self.served)
        self.issued = place + 1
        return place
    }

    /// - Parameter place: from ``join(at:)``.
    /// - Returns: seconds to wait at least before asking again; 0 when the turn has come.
    mutating func wait(_ place: Double, at now: Double) -> Double {
        guard let rate = self.rate else { return 0 }
        self.advance(to: now)
        let behind = max(0, place - self.served) / rate
        switch self.phase {
        case .flowing: return behind
        case .held(let until) where now >= until:
            self.phase = .probing(since: now, until: now + self.patience)
            return 0
        case .held(let until), .probing(_, let until): return until - now + behind
        }
    }

    /// A request was carried out.
    mutating func succeed(at now: Double, sentAt: Double) {
        guard self.rate != nil else { return self.note(at: now) }
        self.advance(to: now)
        if case .probing(let since, _) = self.phase, sentAt >= since { self.phase = .flowing }
        guard sentAt > self.fellAt else { return }
        self.admitted += 1
        self.rate = Self.clamp(self.curve, Self.rates)
    }

    /// A request was refused because there were too many.
    mutating func throttle(at now: Double, sentAt: Double) {
        self.advance(to: now)
        guard let rate = self.rate else {
            self.note(at: now)
            // The one that was refused was noted too.
            return self.fall(from: max(self.count - 1, self.countBefore), by: 1, searching: true, at: now, sentAt)
        }
        if case .probing(let since, _) = self.phase, sentAt >= since { return self.holdLonger(at: now) }
        guard sentAt > self.fellAt else { return }
        guard self.admitted > 0 else {
            self.fellAt = now
            return self.holdLonger(at: now)
        }
        var share = Self.clamp(self.admitted / (self.admitted + 1), Self.remains)
        // What was carried out over a second or more is what the store takes.
        if self.busy >= 1 { share = min(share, self.admitted / self.busy / rate) }
        self.fall(from: rate, by: share, searching: false, at: now, sentAt)
    }

    private mutating func fall(
        from rate: Double, by share: Double, searching: Bool, at now: Double, _ sentAt: Double
    ) {
        self.floor = Self.clamp(rate * share, Self.rates)
        self.ceiling = max(min(rate, self.floor * 2), self.floor)
        self.rate = self.floor
        self.isSearching = searching
        (self.fellAt, self.busy, self.admitted) = (now, 0, 0)
        self.patience = max(0.01, 2 * (now - sentAt))
        self.hold = min(1 / self.floor, Self.longestHold)
        self.phase = .held(until: now + self.hold)
    }

    private mutating func holdLonger(at now: Double) {
        self.hold = min(Self.longestHold, max(self.hold, 0.001) * 2)
        self.phase = .held(until: now + self.hold)
    }

    private var curve: Double {
        if self.isSearching { return self.floor * pow(2, min(self.busy / Self.doubling, 64)) }
        let flatAfter = Self.clamp(Self.plateauRequests / self.ceiling, Self.plateau)
        let distance = self.busy / flatAfter - 1
        // Beyond what was refused it knows nothing, and doubles within a plateau.
        let scale = distance < 0 ? self.ceiling - self.floor : self.ceiling
        return self.ceiling + scale * distance * distance * distance
    }

    /// Moves the line to a moment.
    private mutating func advance(to now: Double) {
        let passed = now - self.time
        guard passed > 0 else { return }
        self.time = now
        guard let rate = self.rate else {
            self.served = self.issued
            return
        }
        switch self.phase {
        case .flowing: break
        case .probing(_, let until) where now >= until: self.phase = .flowing
        case .held, .probing:
            self.busy += passed
            return
        }
        let waiting = max(0, self.issued - self.served)
        self.busy += min(passed, waiting / rate)
        // One place at most is kept for who comes later.
        self.served = min(self.served + passed * rate, max(self.issued, self.served) + 1)
    }

    private mutating func note(at now: Double) {
        if now - self.second >= 1 {
            self.countBefore = now - self.second < 2 ? self.count : 0
            (self.second, self.count) = (now, 0)
        }
        self.count += 1
    }

    private static func clamp(_ value: Double, _ range: ClosedRange<Double>) -> Double {
        max(range.lowerBound, min(value, range.upperBound))
    }
}
