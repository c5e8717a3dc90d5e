/// Where a pool's next claim begins to look, so that it does not walk over what is gone.
///
/// Rows that were claimed stay in the index as dead entries until a vacuum, which a snapshot held by somebody can put off
/// for hours. What came before the first row of the latest claim has been taken, by whomever; so the next claim begins
/// there. Jobs may still come to stand before that place: retried, more urgent, committed late. A claim from the start, a
/// sweep, finds them: at least four times a second while that is cheap, and for at most a twentieth of the time when it is
/// not. Claims for those who have waited longest look from the start, too, and are rationed in the same way.
public struct ClaimWalk: Sendable {
    private var place = ClaimPlace.start
    private var nextSweep = Duration.zero
    private var nextAging = Duration.zero
    private var isSweep = true
    /// How long a claim takes that begins where the one before began, the latest counting most.
    private var usual: Duration?
    private var sweep = Duration.zero

    public static let shortestPause = Duration.milliseconds(250)
    /// A sweep that takes less is never put off when a claim found too little.
    public static let cheapSweep = Duration.milliseconds(50)

    public init() {}

    /// The place from which to claim now.
    public mutating func place(at now: Duration) -> ClaimPlace {
        self.isSweep = now >= self.nextSweep || self.place == .start
        return self.isSweep ? .start : self.place
    }

    /// Learns from the claim that ``place(at:)`` was asked for.
    ///
    /// - Parameters:
    ///   - first: where the first job of the claim stood; nil when it found none.
    ///   - isFull: whether it found all it asked for.
    ///   - cost: how long it took.
    public mutating func learned(first: ClaimPlace?, isFull: Bool, cost: Duration, at now: Duration) {
        if self.isSweep {
            self.sweep = cost
            self.nextSweep = now + max(Self.shortestPause, cost * 20)
        } else {
            self.usual = self.usual.map { $0 * 0.875 + cost * 0.125 } ?? cost
        }
        if isFull {
            self.place = first ?? .start
        } else if self.isSlow {
            // What came before has been looked at a moment ago; what comes now most often stands behind.
            self.place = first ?? self.place
        } else {
            // A claim that found too little from here on must look at all of it before it believes that there is no more.
            self.place = .start
            if !self.isSweep { self.nextSweep = now }
        }
    }

    /// Whether sweeps walk over so much that is gone that they are put off even when a claim found too little.
    private var isSlow: Bool {
        guard let usual = self.usual else { return false }
        return self.sweep > Self.cheapSweep && self.sweep > usual * 8
    }

    /// Whether the latest claim looked at the whole line, or at as much of it as may be looked at now.
    public var sawAll: Bool { self.isSweep || self.isSlow }

    /// Whether the claim of ``place(at:)`` is going to take long.
    public var isSlowSweep: Bool { self.isSweep && self.isSlow }

    /// Whether a claim for those who have waited longest may be made now.
    public func mayAge(at now: Duration) -> Bool { now >= self.nextAging }

    /// Learns from such a claim.
    public mutating func learnedAging(cost: Duration, at now: Duration) {
        let excess = cost - (self.usual ?? cost)
        self.nextAging = excess > .milliseconds(10) ? now + excess * 20 : now
    }
}
