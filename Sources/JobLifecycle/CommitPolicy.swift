/// Whether a pool's acknowledgement and its next claim are committed together: a value that knows no clock or database.
///
/// They always travel in one round trip. Where the disk takes its time, one commit for both nearly doubles what short jobs can
/// do. Where it does not, two commits cost next to nothing, and let go of the rows of an acknowledgement, the shares of keys
/// above all, before the claim begins. The pool times some of its own commits, and this decides.
public struct CommitPolicy: Equatable, Sendable {
    /// From a commit of this length on, both are committed together.
    public static var joiningFrom: Duration { .milliseconds(1) }
    /// Below this length they are committed one after the other again; between the two, all stays as it is.
    public static var partingBelow: Duration { .microseconds(700) }
    /// One in so many flushes is timed, since the answer then comes in two parts.
    public static var period: Int { 16 }

    /// How long a commit takes, the latest counting most; nil until the first was timed.
    public private(set) var latency: Duration?
    /// Together, until it is known that the disk is quick.
    public private(set) var joins = true
    private var flushes = 0

    public init() {}

    /// - Returns: whether the next flush is to be timed.
    public mutating func beginFlush() -> Bool {
        defer { self.flushes += 1 }
        return self.flushes % Self.period == 0
    }

    /// - Parameter commit: what a flush measured; one that is absurd counts as ten seconds.
    public mutating func learned(_ commit: Duration) {
        let commit = min(max(commit, .zero), .seconds(10))
        // A quarter of the new: one slow commit among quick ones decides nothing.
        let latency = self.latency.map { $0 * 0.75 + commit * 0.25 } ?? commit
        self.latency = latency
        if latency >= Self.joiningFrom { self.joins = true }
        if latency < Self.partingBelow { self.joins = false }
    }
}
