@testable import ObjectStore

/// A store that takes so many requests a second, and senders that always have more, on a clock that is only counted.
struct SimulatedStore {
    /// How a store counts.
    enum Counting: Sendable {
        /// A bucket of tokens that holds what comes in so many seconds.
        case bucket(seconds: Double)
        /// So many in each second, and none more until the next.
        case seconds
    }

    /// Requests a second that it takes, in the first half and in the second.
    let rates: (Double, Double)
    let counting: Counting
    let senders: Int
    /// Seconds to the store and back.
    let latency: Double
    let duration: Double

    private var random: SplitMix
    private var tokens: Double
    private var filledAt = 0.0
    private var second = -1
    private(set) var admitted = 0.0
    private(set) var refused = 0.0

    init(
        rates: (Double, Double), counting: Counting, senders: Int, latency: Double, duration: Double, seed: UInt64
    ) {
        self.rates = rates
        self.counting = counting
        self.senders = senders
        self.latency = latency
        self.duration = duration
        self.random = SplitMix(state: seed)
        self.tokens = 0
        self.tokens = self.most(at: 0)
    }

    /// Of what it would have taken.
    var achieved: Double { self.admitted / (self.duration * (self.rates.0 + self.rates.1) / 2) }

    /// Of all requests.
    var rejected: Double { self.refused / (self.admitted + self.refused) }

    private enum Step {
        case join
        case ask(place: Double)
        case arrive(sentAt: Double)
        case answer(sentAt: Double, isAdmitted: Bool)
    }

    /// Sends through a pacer until the time is over.
    mutating func run(_ pacer: inout RequestPacer) {
        var queue = TimeQueue<(sender: Int, step: Step)>()
        var failures = [Int](repeating: 0, count: self.senders)
        for sender in 0..<self.senders { queue.add((sender, .join), at: Double(sender) * 1e-5) }
        while let (now, next) = queue.next(), now < self.duration {
            let sender = next.sender
            switch next.step {
            case .join: queue.add((sender, .ask(place: pacer.join(at: now))), at: now)
            case .ask(let place):
                let wait = pacer.wait(place, at: now)
                if wait > 0 {
                    // Timers are late, and no sleep is shorter than they can tell.
                    queue.add((sender, .ask(place: place)), at: now + max(0.0005, min(wait, 0.25)) + self.upTo(0.002))
                } else {
                    queue.add((sender, .arrive(sentAt: now)), at: now + self.half)
                }
            case .arrive(let sentAt):
                let isAdmitted = self.admit(at: now)
                queue.add((sender, .answer(sentAt: sentAt, isAdmitted: isAdmitted)), at: now + self.half)
            case .answer(let sentAt, true):
                pacer.succeed(at: now, sentAt: sentAt)
                failures[sender] = 0
                queue.add((sender, .join), at: now)
            case .answer(let sentAt, false):
                pacer.throttle(at: now, sentAt: sentAt)
                failures[sender] += 1
                let delay = (failures[sender] <= 4 ? 0.05 : 1) * Double(1 << min(failures[sender] - 1, 4))
                queue.add((sender, .join), at: now + self.upTo(delay))
            }
        }
    }

    private var half: Double { mutating get { self.latency * (0.3 + self.upTo(0.4)) } }

    private mutating func upTo(_ most: Double) -> Double { most * Double(self.random.next() >> 11) / 0x1p53 }

    private func rate(at now: Double) -> Double { now < self.duration / 2 ? self.rates.0 : self.rates.1 }

    private func most(at now: Double) -> Double {
        switch self.counting {
        case .bucket(let seconds): max(2, self.rate(at: now) * seconds)
        case .seconds: self.rate(at: now)
        }
    }

    private mutating func admit(at now: Double) -> Bool {
        switch self.counting {
        case .bucket:
            self.tokens = min(self.most(at: now), self.tokens + (now - self.filledAt) * self.rate(at: now))
            self.filledAt = now
        case .seconds:
            if Int(now) != self.second { (self.second, self.tokens) = (Int(now), self.most(at: now)) }
        }
        guard self.tokens >= 1 else {
            self.refused += 1
            return false
        }
        self.tokens -= 1
        self.admitted += 1
        return true
    }
}

/// What happens when, soonest first: a binary heap.
private struct TimeQueue<Event> {
    private var heap: [(time: Double, event: Event)] = []

    mutating func add(_ event: Event, at time: Double) {
        self.heap.append((time, event))
        var child = self.heap.count - 1
        while child > 0, self.heap[child].time < self.heap[(child - 1) / 2].time {
            self.heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func next() -> (time: Double, event: Event)? {
        guard let last = self.heap.popLast() else { return nil }
        guard let first = self.heap.first else { return last }
        self.heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < self.heap.count && self.heap[child].time < self.heap[least].time { least = child }
            if least == parent { return first }
            self.heap.swapAt(parent, least)
            parent = least
        }
    }
}
