import Testing

@testable import Access

@Suite("Counting requests")
struct RateCounterTests {
    private let now = ContinuousClock.now
    private let policy = RatePolicy(name: "p", quota: 100, window: .seconds(10))

    private func window(_ used: Int) -> [RateCounter.Window] {
        [RateCounter.Window(policy: self.policy, shared: used, endsAt: self.now + .seconds(10))]
    }

    @Test("the first request asks, those after it are counted here, and told before they are many")
    func far() {
        var counter = RateCounter()
        #expect(counter.count(self.now) == .ask(adding: 1))
        counter.hear(self.window(1), at: self.now)
        var counted = 0
        while counter.count(self.now) == .counted { counted += 1 }
        #expect(counted == 4, "a twentieth of the quota, less the one that asks")
        #expect(counter.standing(self.now, isRefused: false).windows[0].remaining == 99)
    }

    @Test("what is a second old is asked anew")
    func stale() {
        var counter = RateCounter()
        counter.hear(self.window(1), at: self.now)
        #expect(counter.count(self.now) == .counted)
        #expect(counter.count(self.now + .seconds(1)) == .ask(adding: 2))
    }

    @Test("in the last quarter every request asks; at the end none does until the window is over")
    func end() {
        var counter = RateCounter()
        counter.hear(self.window(75), at: self.now)
        #expect(counter.count(self.now) == .ask(adding: 1))
        counter.hear(self.window(100), at: self.now)
        #expect(counter.count(self.now) == .refused)
        #expect(counter.isExhausted(self.now))
        let standing = counter.standing(self.now, isRefused: true)
        #expect(standing.windows[0].remaining == 0 && standing.violated == [self.policy] && standing.retryAfter == 10)
        let later = self.now + .seconds(10)
        #expect(counter.isOver(later) && counter.count(later) == .ask(adding: 1))
    }

    @Test("of two answers that cross the higher one stays, and a new window replaces the old one")
    func crossing() {
        var counter = RateCounter()
        counter.hear(self.window(60), at: self.now)
        counter.hear(self.window(58), at: self.now)
        #expect(counter.windows[0].shared == 60)
        let fresh = RateCounter.Window(policy: self.policy, shared: 1, endsAt: self.now + .seconds(19))
        counter.hear([fresh], at: self.now + .seconds(9))
        #expect(counter.windows[0].shared == 1)
    }

    @Test("the headers name every policy")
    func headers() {
        let standing = RateStanding(
            windows: [
                .init(policy: self.policy, remaining: 7, resets: .milliseconds(2500)),
                .init(policy: RatePolicy(name: "h", quota: 9, window: .seconds(3600)), remaining: 0, resets: .zero),
            ], violated: [])
        #expect(standing.policyHeader == #""p";q=100;w=10, "h";q=9;w=3600"#)
        #expect(standing.header == #""p";r=7;t=3, "h";r=0;t=1"#)
    }

    @Test(
        "an Idempotency-Key is bare or quoted, visible, and not endless",
        arguments: [
            ("abc", "abc"), ("\"abc\"", "abc"), ("8e03978e-40d5-43dd-bc93-6894a57f9324", nil as String?), ("", ""),
            ("\"\"", ""),
            ("a b", ""), ("a\"b", ""), ("ключ", ""), ("a\nb", ""), (String(repeating: "a", count: 256), ""),
        ])
    func keys(text: String, value: String?) {
        #expect(IdempotencyKey(text)?.value == (value == "" ? nil : value ?? text))
    }
}
