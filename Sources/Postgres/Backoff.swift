/// How long to wait before the next attempt to connect: doubling, with full jitter.
///
/// Full jitter as in Marc Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015): after a failover
/// the clients come back spread out.
struct Backoff {
    private var ceiling: Duration = .milliseconds(100)
    private let most: Duration

    init(most: Duration) { self.most = most }

    mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let microseconds = Int64(self.ceiling / .microseconds(1))
        self.ceiling = min(self.ceiling * 2, self.most)
        return .microseconds(Int64.random(in: microseconds / 4...microseconds, using: &generator))
    }

    mutating func next() -> Duration {
        var generator = SystemRandomNumberGenerator()
        return self.next(using: &generator)
    }
}
