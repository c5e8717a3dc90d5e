/// How long requests that end well are silent at most, by which one on a dead connection is known long before its limit.
///
/// A maximum that fades: halved by a few dozen requests that were quicker. A pure value.
struct SilenceWindow: Equatable, Sendable {
    /// Requests that must be known before any counts as dead.
    static let fewest = 16

    /// Nothing is dead sooner.
    static let shortest = Duration.milliseconds(500)

    /// Times the longest silence that was seen.
    static let margin = 4

    private var longest = Duration.zero
    private var count = 0

    mutating func record(_ silence: Duration) {
        self.count += 1
        self.longest = max(silence, self.longest * 49 / 50)
    }

    /// Silence after which a request is dead, for its first try and later ones; nil while too little is known.
    func deadAfter(early: Int) -> Duration? {
        guard self.count >= Self.fewest else { return nil }
        return max(Self.shortest, self.longest * Self.margin) * (1 << min(2 * early, 16))
    }
}
