/// Whether to ask a service that did not answer lately (M. Nygard, "Release It!", chapter 5).
///
/// closed →(failures in a row) open →(time) half-open → closed, or open again. A value: the clock is an argument.
public struct CircuitBreaker: Sendable {
    public enum State: Equatable, Sendable {
        /// Everybody may ask.
        case closed(failures: Int)
        /// Nobody asks until then.
        case open(until: ContinuousClock.Instant)
        /// One asks, to see.
        case halfOpen
    }

    /// Failures in a row that open it; 1 or more.
    public let threshold: Int
    /// How long it stays open.
    public let rest: Duration
    public private(set) var state = State.closed(failures: 0)

    public init(threshold: Int, rest: Duration) {
        precondition(threshold >= 1, "a breaker opens after some failure")
        self.threshold = threshold
        self.rest = rest
    }

    /// Whether the caller may ask now; it must then tell by ``succeeded()`` or ``failed(at:)``.
    public mutating func mayAsk(at now: ContinuousClock.Instant) -> Bool {
        switch self.state {
        case .closed: return true
        case .halfOpen: return false
        case .open(let until):
            guard now >= until else { return false }
            self.state = .halfOpen
            return true
        }
    }

    public mutating func succeeded() { self.state = .closed(failures: 0) }

    public mutating func failed(at now: ContinuousClock.Instant) {
        switch self.state {
        case .closed(let failures) where failures + 1 < self.threshold: self.state = .closed(failures: failures + 1)
        case .closed, .halfOpen, .open: self.state = .open(until: now + self.rest)
        }
    }
}
