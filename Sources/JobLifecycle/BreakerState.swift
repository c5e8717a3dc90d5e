/// Decides whether somebody who keeps failing is asked again: a circuit breaker (Michael Nygard, "Release It!").
///
/// Closed: everybody may ask. After ``threshold`` failures in a row open: nobody, for ``rest``. Then one may try, and what
/// comes of it closes or opens it again.
public struct BreakerState: Equatable, Sendable {
    private enum Phase: Equatable, Sendable {
        case closed(failures: Int)
        case open(until: Duration)
        /// One asks; the others wait for what comes of it, at most until then.
        case trying(until: Duration)
    }

    public let threshold: Int
    public let rest: Duration
    private var phase: Phase = .closed(failures: 0)

    public init(threshold: Int, rest: Duration) {
        precondition(threshold >= 1 && rest > .zero, "a breaker opens after something, for some time")
        self.threshold = threshold
        self.rest = rest
    }

    /// Whether to ask now.
    ///
    /// - Parameter now: since any fixed moment.
    /// - Returns: nil to ask; else how long to leave it alone.
    public mutating func admit(now: Duration) -> Duration? {
        switch self.phase {
        case .closed: return nil
        case .open(let until), .trying(let until):
            guard now >= until else { return until - now }
            self.phase = .trying(until: now + self.rest)
            return nil
        }
    }

    public mutating func succeed() { self.phase = .closed(failures: 0) }

    public mutating func fail(now: Duration) {
        switch self.phase {
        case .closed(let failures) where failures + 1 < self.threshold: self.phase = .closed(failures: failures + 1)
        case .closed, .trying: self.phase = .open(until: now + self.rest)
        case .open: break
        }
    }

    public var isOpen: Bool {
        switch self.phase {
        case .closed: false
        case .open, .trying: true
        }
    }
}
