import JobLifecycle
import Testing

@Suite("Commit policy")
struct CommitPolicyTests {
    @Test("nothing known, both are committed together, and the first flush is timed")
    func start() {
        var policy = CommitPolicy()
        #expect(policy.joins && policy.latency == nil)
        let isTimed = policy.beginFlush()
        #expect(isTimed)
    }

    @Test("one flush in sixteen is timed")
    func period() {
        var policy = CommitPolicy()
        let timed = (0..<64).filter { _ in policy.beginFlush() }
        #expect(timed == [0, 16, 32, 48])
    }

    @Test("a quick disk parts them, a slow one joins them")
    func switching() {
        var policy = CommitPolicy()
        policy.learned(.microseconds(80))
        #expect(!policy.joins)
        for _ in 0..<20 { policy.learned(.milliseconds(4)) }
        #expect(policy.joins)
        for _ in 0..<40 { policy.learned(.microseconds(80)) }
        #expect(!policy.joins)
    }

    @Test("one slow commit among quick ones decides nothing")
    func outlier() {
        var policy = CommitPolicy()
        for _ in 0..<20 { policy.learned(.microseconds(100)) }
        policy.learned(.milliseconds(3))
        #expect(!policy.joins)
    }

    @Test("between the two bounds all stays as it is", arguments: [true, false])
    func hysteresis(joined: Bool) {
        var policy = CommitPolicy()
        policy.learned(joined ? .milliseconds(2) : .microseconds(100))
        #expect(policy.joins == joined)
        for _ in 0..<100 { policy.learned(.microseconds(850)) }
        #expect(policy.joins == joined)
    }

    @Test("absurd times are bounded", arguments: [Duration.seconds(-5), .seconds(1_000_000_000)])
    func absurd(time: Duration) {
        var policy = CommitPolicy()
        policy.learned(time)
        #expect((Duration.zero ... .seconds(10)).contains(policy.latency ?? .seconds(11)))
    }
}
