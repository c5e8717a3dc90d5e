/// How many requests may be under way at once: more while all goes well, half when the store asks for less.
///
/// Additive increase, multiplicative decrease (Chiu and Jain 1989): one more after each window of successes; halved at most
/// once for the requests that were under way together. Where it was too much before, it tries again only after
/// ``patience`` windows, so that few requests are refused in the long run.
struct ConcurrencyWindow: Equatable, Sendable {
    let minimum: Int
    let maximum: Int
    private(set) var limit: Int
    private var successes = 0
    private var pardoned = 0

    /// The most that did not fail yet, once something failed.
    private var ceiling: Int?

    /// Windows of successes before more is tried than what failed before.
    static let patience = 16

    init(start: Int, minimum: Int, maximum: Int) {
        self.minimum = minimum
        self.maximum = maximum
        self.limit = start
    }

    mutating func succeed() {
        if self.pardoned > 0 { self.pardoned -= 1 }
        self.successes += 1
        let isCareful = self.limit == self.ceiling
        guard self.successes >= self.limit * (isCareful ? Self.patience : 1), self.limit < self.maximum else { return }
        // A whole window above what failed before: the store takes more than it did.
        if let ceiling = self.ceiling, self.limit > ceiling { self.ceiling = nil }
        self.limit += 1
        self.successes = 0
    }

    /// - Parameter underWay: requests sent before this answer came; their failures tell nothing new.
    mutating func throttle(underWay: Int) {
        guard self.pardoned == 0 else {
            self.pardoned -= 1
            return
        }
        self.ceiling = max(self.minimum, self.limit - 1)
        self.limit = max(self.minimum, self.limit / 2)
        self.successes = 0
        self.pardoned = max(0, underWay - 1)
    }
}
