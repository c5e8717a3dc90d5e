/// How fast something goes, over the last seconds.
///
/// Pure: time is an argument, counted from any beginning.
struct RateMeter: Equatable, Sendable {
    private static let window = Duration.seconds(8)
    private static let spacing = Duration.milliseconds(250)

    private var samples: [(time: Duration, amount: Int64)] = []

    mutating func record(_ amount: Int64, at time: Duration) {
        // Work that has to be done again counts from where it went back to.
        if let last = self.samples.last, amount < last.amount { self.samples.removeAll() }
        if let last = self.samples.last, time - last.time < Self.spacing, self.samples.count > 1 {
            self.samples[self.samples.count - 1].amount = amount
        } else {
            self.samples.append((time, amount))
        }
        // One sample older than the window stays, so that there is always a distance to measure.
        while self.samples.count > 2, self.samples[1].time < time - Self.window { self.samples.removeFirst() }
    }

    /// In units a second; nil until there is enough to go by.
    var rate: Double? {
        guard let first = self.samples.first, let last = self.samples.last else { return nil }
        let seconds = (last.time - first.time) / Duration.seconds(1)
        guard seconds >= 0.2 else { return nil }
        return Double(last.amount - first.amount) / seconds
    }

    /// Seconds until `total`; nil when nobody can tell.
    func remaining(to total: Int64) -> Double? {
        guard let rate = self.rate, rate > 0, let last = self.samples.last else { return nil }
        return Double(max(0, total - last.amount)) / rate
    }

    static func == (left: RateMeter, right: RateMeter) -> Bool {
        left.samples.elementsEqual(right.samples) { $0.time == $1.time && $0.amount == $1.amount }
    }
}
