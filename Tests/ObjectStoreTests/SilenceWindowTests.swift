import Testing

@testable import ObjectStore

@Suite("Silence by which a dead connection is known")
struct SilenceWindowTests {
    @Test("nothing is known before a number of requests ended well")
    func unknown() {
        var window = SilenceWindow()
        for _ in 1..<SilenceWindow.fewest { window.record(.milliseconds(5)) }
        #expect(window.deadAfter(early: 0) == nil)
        window.record(.milliseconds(5))
        #expect(window.deadAfter(early: 0) == .milliseconds(500))
    }

    @Test("four times the longest silence, longer for each time that a request was given up, and the memory fades")
    func limit() throws {
        var window = SilenceWindow()
        for _ in 0..<20 { window.record(.seconds(2)) }
        #expect(window.deadAfter(early: 0) == .seconds(8))
        #expect(window.deadAfter(early: 1) == .seconds(32))
        for _ in 0..<200 { window.record(.milliseconds(10)) }
        #expect(window.deadAfter(early: 0) == .milliseconds(500))
    }
}
