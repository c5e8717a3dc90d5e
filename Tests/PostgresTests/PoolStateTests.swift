import Testing

@testable import Postgres

@Suite("PoolState")
struct PoolStateTests {
    private typealias State = PoolState<String, Int>

    @Test("permits end, and go to those who wait in the order of asking")
    func isFair() {
        var state = State(maximum: 1)
        #expect(state.ask() == .granted)
        for waiter in 1...3 {
            #expect(state.ask() == .wait)
            state.enqueue(waiter, ticket: state.makeTicket())
        }
        #expect(state.giveUp(2) == 2)
        #expect(state.giveUp(2) == nil)
        #expect(state.returnPermit() == 1)
        #expect(state.returnPermit() == 3)
        #expect(state.permitsInUse == 1)
        #expect(state.returnPermit() == nil)
        #expect(state.permitsInUse == 0)
    }

    @Test("nobody overtakes those who wait")
    func forbidsOvertaking() {
        var state = State(maximum: 2)
        _ = state.ask()
        _ = state.ask()
        state.enqueue(1, ticket: state.makeTicket())
        #expect(state.ask() == .wait)
        #expect(state.returnPermit() == 1)
        #expect(state.ask() == .wait)
        #expect(state.returnPermit() == nil)
        #expect(state.ask() == .granted)
    }

    @Test("the connection used last is taken first, the one unused for long is taken out")
    func reusesTheWarmest() {
        var state = State(maximum: 3)
        let start = ContinuousClock.now
        for (index, member) in ["a", "b", "c"].enumerated() {
            let isKept = state.putIdle(member, now: start + .seconds(index))
            #expect(isKept)
        }
        #expect(state.takeIdle() == "c")
        #expect(state.takeStale(before: start) == nil)
        #expect(state.takeStale(before: start + .seconds(1)) == "a")
        #expect(state.idleCount == 1)
    }

    @Test("a closed pool sends everybody away")
    func closes() {
        var state = State(maximum: 1)
        _ = state.ask()
        state.enqueue(5, ticket: state.makeTicket())
        _ = state.putIdle("a", now: .now)
        let (waiters, members) = state.close()
        #expect(waiters == [5])
        #expect(members == ["a"])
        #expect(state.ask() == .closed)
        let isKept = state.putIdle("b", now: .now)
        #expect(!isKept)
    }
}
