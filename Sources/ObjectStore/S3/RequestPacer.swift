import Glibc

/// How many requests a second a store takes, learnt from what it refuses.
///
/// A window of requests under way cannot hold a rate: where answers come quickly, one request at a time is too many. So once
/// a store has said SlowDown, requests are let go at a rate that falls to nine tenths of what was sent, comes back along a
/// cubic to where it was refused, stays about there for a while, and then tries more.
///
/// The curve: Ha, Rhee, Xu, "CUBIC: a new TCP-friendly high-speed TCP variant" (2008), as the AWS SDKs' adaptive retry mode
/// has it. Its constants fall further and rise faster; simulated against a store of 20 to 900 requests a second, these use
/// more of what it takes. A pure value: times are handed in, in seconds of any clock that only goes forward.
struct RequestPacer: Equatable, Sendable {
    private static let shrinking = 0.9
    private static let scale = 0.1

    /// How long what was sent is counted before it is a rate.
    private static let period = 0.5

    /// Below one request in two seconds nothing would ever get better.
    private static let slowest = 0.5

    /// Requests a second; nil while the store has refused nothing.
    private(set) var rate: Double?

    private var refusedAt = 0.0
    private var refusedRate = 0.0
    private var freeAt = 0.0
    private var periodBegan = 0.0
    private var periodCount = 0.0

    /// Requests a second that were sent lately.
    private var sent = 0.0

    /// Takes a place in the line.
    ///
    /// - Returns: seconds to wait before the request is sent.
    mutating func reserve(at now: Double) -> Double {
        guard let rate = self.rate else {
            self.count(at: now)
            return 0
        }
        let start = max(now, self.freeAt)
        self.freeAt = start + 1 / rate
        self.count(at: start)
        return start - now
    }

    /// A request was carried out.
    mutating func succeed(at now: Double) {
        guard self.rate != nil else { return }
        let passed = now - self.refusedAt
        let back = cbrt(self.refusedRate * (1 - Self.shrinking) / Self.scale)
        let wanted = Self.scale * pow(passed - back, 3) + self.refusedRate
        // Never more than twice what is really sent, or a quiet hour would end in a flood.
        self.rate = max(Self.slowest, min(wanted, max(2 * self.sent, Self.slowest)))
    }

    /// A request was refused because there were too many.
    ///
    /// Those that were sent together are refused together: only the first in a fifth of a second counts.
    mutating func throttle(at now: Double) {
        guard self.rate == nil || now - self.refusedAt > 0.2 else { return }
        let lately = max(self.sent, self.periodCount / max(now - self.periodBegan, 0.1))
        // A rate that was not used says nothing of what is too much.
        let refused = self.rate.flatMap { self.sent > $0 / 2 ? $0 : nil } ?? lately
        self.refusedRate = max(refused, Self.slowest)
        self.refusedAt = now
        self.rate = max(Self.slowest, self.refusedRate * Self.shrinking)
        self.freeAt = max(self.freeAt, now)
    }

    private mutating func count(at now: Double) {
        self.periodCount += 1
        let passed = now - self.periodBegan
        guard passed >= Self.period else { return }
        let measured = self.periodCount / passed
        self.sent = self.sent == 0 || passed > 4 * Self.period ? measured : 0.2 * self.sent + 0.8 * measured
        self.periodBegan = now
        self.periodCount = 0
    }
}
