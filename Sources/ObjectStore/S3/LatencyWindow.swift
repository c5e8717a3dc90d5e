/// How long the latest answers took, and from when on one counts as late.
///
/// "The Tail at Scale" (Dean and Barroso, 2013): a second request after the 95th percentile cuts the tail for a few per cent
/// more load.
struct LatencyWindow: Equatable, Sendable {
    /// Answers that are remembered.
    static let size = 128

    /// Answers that must be known before any counts as late.
    static let fewest = 32

    /// Nothing quicker is late: below it, asking twice costs more than waiting.
    static let shortest = Duration.milliseconds(20)

    private var samples: [Duration] = []
    private var next = 0

    /// The 95th percentile, computed anew after every eighth of the window; nil while too little is known.
    private(set) var lateAfter: Duration?

    mutating func record(_ latency: Duration) {
        if self.samples.count < Self.size {
            self.samples.append(latency)
        } else {
            self.samples[self.next % Self.size] = latency
        }
        self.next += 1
        guard self.samples.count >= Self.fewest, self.next.isMultiple(of: Self.size / 8) else { return }
        let sorted = self.samples.sorted()
        self.lateAfter = max(Self.shortest, sorted[min(sorted.count * 95 / 100, sorted.count - 1)])
    }
}
