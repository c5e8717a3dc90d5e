/// What this process knows of one subject's windows: the count all replicas share as it was last heard, and its own since.
///
/// The rules, without a clock or a database:
/// - Far from its end a window is counted here, and told to the others at the latest after a twentieth of the quota or a
///   second.
/// - In its last quarter every request asks the shared count, so that the end is where it is for everybody. With up to five
///   replicas, what they have not told each other fits into that quarter.
/// - At its end requests are refused here, at no cost, until the window is over.
struct RateCounter {
    struct Window {
        let policy: RatePolicy
        /// By all replicas, as last heard.
        var shared: Int
        var endsAt: ContinuousClock.Instant
    }

    enum Decision: Equatable {
        /// Counted here.
        case counted
        case refused
        /// The shared count must be asked; these many are to be added to it, the request included.
        case ask(adding: Int)
    }

    private(set) var windows: [Window] = []
    private var untold = 0
    private var heardAt: ContinuousClock.Instant?

    private static let freshness = Duration.seconds(1)

    /// Whether nothing of it is of interest any more.
    func isOver(_ now: ContinuousClock.Instant) -> Bool { self.windows.allSatisfy { $0.endsAt <= now } }

    mutating func count(_ now: ContinuousClock.Instant) -> Decision {
        guard let heardAt, self.windows.allSatisfy({ $0.endsAt > now }) else { return self.ask() }
        if self.isExhausted(now) { return .refused }
        for window in self.windows {
            let quota = window.policy.quota
            let left = quota - window.shared - self.untold
            guard left > quota / 4, self.untold + 1 < max(1, quota / 20) else { return self.ask() }
        }
        guard now - heardAt < Self.freshness else { return self.ask() }
        self.untold += 1
        return .counted
    }

    private mutating func ask() -> Decision {
        defer { self.untold = 0 }
        return .ask(adding: self.untold + 1)
    }

    /// Whether a window that still lasts has no room.
    func isExhausted(_ now: ContinuousClock.Instant) -> Bool {
        self.windows.contains { $0.endsAt > now && $0.shared + self.untold >= $0.policy.quota }
    }

    /// Takes in what the shared count says; of two answers that cross, the higher one of a window stays.
    mutating func hear(_ heard: [Window], at now: ContinuousClock.Instant) {
        self.windows = heard.map { new in
            guard let old = self.windows.first(where: { $0.policy == new.policy }), old.endsAt > now,
                old.shared > new.shared, (old.endsAt - new.endsAt).magnitude < .milliseconds(500)
            else { return new }
            return old
        }
        self.heardAt = now
    }

    func standing(_ now: ContinuousClock.Instant, isRefused: Bool) -> RateStanding {
        let windows = self.windows.map { window in
            RateStanding.Window(
                policy: window.policy, remaining: max(0, window.policy.quota - window.shared - self.untold),
                resets: max(.zero, window.endsAt - now))
        }
        let full = windows.filter { $0.remaining == 0 }.map(\.policy)
        return RateStanding(windows: windows, violated: isRefused ? full : [])
    }
}

extension Duration {
    fileprivate var magnitude: Duration { self < .zero ? .zero - self : self }
}
