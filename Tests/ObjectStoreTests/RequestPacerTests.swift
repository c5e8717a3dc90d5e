import Testing

@testable import ObjectStore

@Suite("Pacing requests")
struct RequestPacerTests {
    @Test("nobody waits before the store has refused something")
    func unlimited() {
        var pacer = RequestPacer()
        for number in 0..<1000 {
            let now = Double(number) / 1000
            #expect(pacer.wait(pacer.join(at: now), at: now) == 0)
            pacer.succeed(at: now, sentAt: now)
        }
        #expect(pacer.rate == nil)
    }

    @Test(
        "at the first refusal it goes on at what was carried out in a second, and refusals of what was sent before count once"
    )
    func firstRefusal() {
        var pacer = RequestPacer()
        for number in 0..<200 { pacer.succeed(at: Double(number) / 100, sentAt: Double(number) / 100) }
        for _ in 0..<20 { pacer.throttle(at: 2, sentAt: 1.99) }
        #expect(pacer.rate == 100)
    }

    @Test("one that waits is let go when its place has come, though the rate changed meanwhile")
    func places() {
        var pacer = RequestPacer()
        for number in 0..<10 { pacer.succeed(at: Double(number) / 10, sentAt: Double(number) / 10) }
        pacer.throttle(at: 1, sentAt: 0.99)
        let places = (0..<20).map { _ in pacer.join(at: 1) }
        let last = pacer.wait(places[19], at: 1)
        #expect(last > 1.8 && last < 2.2, "\(last)")
        // The probe goes ahead and is refused: the line stands still longer.
        #expect(pacer.wait(places[0], at: 1.2) == 0)
        pacer.throttle(at: 1.21, sentAt: 1.2)
        #expect(pacer.wait(places[19], at: 1.21) > last - 0.21)
        #expect(pacer.wait(places[1], at: 1.3) > 0)
    }

    @Test(
        "of what a store takes nine tenths are used, and less than a twentieth is refused",
        arguments: [10.0, 30, 100, 500, 2000, 5000],
        [.bucket(seconds: 0.25), .bucket(seconds: 1), .seconds]
            as [SimulatedStore.Counting])
    func simulated(rate: Double, counting: SimulatedStore.Counting) {
        for (senders, latency) in [(8, 0.002), (16, 0.02), (64, 0.01), (64, 0.1), (256, 0.02)]
        // More senders than it takes in a second are refused before anything can be known; fewer are not too many.
        where Double(senders) <= 1.5 * rate && Double(senders) / latency > 1.5 * rate {
            var pacer = RequestPacer()
            var store = SimulatedStore(
                rates: (rate, rate), counting: counting, senders: senders, latency: latency,
                duration: min(60, max(15, 20_000 / rate)), seed: 1)
            store.run(&pacer)
            #expect(store.achieved >= 0.9, "\(senders) senders, \(latency) s: \(store.achieved)")
            #expect(store.rejected < 0.05, "\(senders) senders, \(latency) s: \(store.rejected)")
        }
    }

    @Test("a store that comes to take twice or half as much is followed", arguments: [0.5, 2])
    func changes(factor: Double) {
        for rate in [100.0, 400] {
            var pacer = RequestPacer()
            var store = SimulatedStore(
                rates: (rate, rate * factor), counting: .bucket(seconds: 0.25), senders: 64, latency: 0.01,
                duration: 60,
                seed: 2)
            store.run(&pacer)
            #expect(store.achieved >= 0.85 && store.rejected < 0.05, "\(rate): \(store.achieved), \(store.rejected)")
        }
    }

    @Test("time in which nobody waits does not raise the rate")
    func idle() throws {
        var pacer = RequestPacer()
        for number in 0..<100 { pacer.succeed(at: Double(number) / 100, sentAt: Double(number) / 100) }
        pacer.throttle(at: 1, sentAt: 0.99)
        let first = pacer.join(at: 2)
        #expect(pacer.wait(first, at: 2) == 0)
        pacer.succeed(at: 3, sentAt: 2)
        pacer.succeed(at: 3600, sentAt: 3599)
        #expect(try #require(pacer.rate) < 1000)
    }
}
