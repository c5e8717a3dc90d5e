/// Where a pool's next claim begins to look, so that it does not walk over what is gone.
///
/// Rows that were claimed stay in the index as dead entries until a vacuum, which a snapshot held by somebody can put off
/// for hours. What came before the first row of the latest claim has been taken, by whomever; so the next claim begins
/// there. Jobs may still come to stand before that place: retried, more urgent, committed late. A claim from the start, a
/// sweep, finds them: at least four times a second while that is cheap, and for at most a twentieth of the time when it is
/// not.
public struct ClaimWalk: Sendable {
    private var place = ClaimPlace.start
    private var nextSweep = Duration.zero
    private var isSweep = true

    public static let shortestPause = Duration.milliseconds(250)

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
        if self.isSweep { self.nextSweep = now + max(Self.shortestPause, cost * 20) }
        // A claim that found too little from here on must look at all of it before it believes that there is no more.
        self.place = isFull ? first ?? .start : .start
        if !isFull, !self.isSweep { self.nextSweep = now }
    }

    /// Whether the latest claim looked at the whole line.
    public var sawAll: Bool { self.isSweep }
}
