import JobLifecycle
import Testing

@Suite("Walk of the claims")
struct ClaimWalkTests {
    @Test("a full claim lets the next begin where it began, and sweeps come back four times a second")
    func walks() {
        var walk = ClaimWalk()
        #expect(walk.place(at: .zero) == .start)
        let first = ClaimPlace(priority: 0, rank: 100)
        walk.learned(first: first, isFull: true, cost: .milliseconds(1), at: .zero)
        #expect(walk.place(at: .milliseconds(10)) == first)
        #expect(!walk.sawAll)
        walk.learned(
            first: ClaimPlace(priority: 0, rank: 200), isFull: true, cost: .milliseconds(1), at: .milliseconds(11))
        #expect(walk.place(at: .milliseconds(20)).rank == 200)
        #expect(walk.place(at: .milliseconds(250)) == .start)
        #expect(walk.sawAll)
    }

    @Test("sweeps that take long take a twentieth of the time")
    func slowSweeps() {
        var walk = ClaimWalk()
        _ = walk.place(at: .zero)
        walk.learned(first: ClaimPlace(priority: 0, rank: 1), isFull: true, cost: .seconds(1), at: .zero)
        #expect(walk.place(at: .seconds(19)).rank == 1)
        #expect(walk.place(at: .seconds(20)) == .start)
    }

    @Test("a claim that finds too little does not believe it before it has looked from the start")
    func poorClaim() {
        var walk = ClaimWalk()
        _ = walk.place(at: .zero)
        walk.learned(first: ClaimPlace(priority: 0, rank: 1), isFull: true, cost: .milliseconds(30), at: .zero)
        _ = walk.place(at: .milliseconds(5))
        walk.learned(first: nil, isFull: false, cost: .milliseconds(1), at: .milliseconds(6))
        #expect(!walk.sawAll)
        #expect(walk.place(at: .milliseconds(7)) == .start)
    }

    @Test("where looking from the start takes long, it is believed until the next sweep is due")
    func slowPoorClaim() {
        var walk = ClaimWalk()
        let first = ClaimPlace(priority: 0, rank: 1)
        _ = walk.place(at: .zero)
        walk.learned(first: first, isFull: true, cost: .seconds(1), at: .zero)
        #expect(walk.place(at: .milliseconds(5)) == first)
        walk.learned(first: nil, isFull: false, cost: .milliseconds(1), at: .milliseconds(6))
        #expect(walk.sawAll)
        #expect(walk.place(at: .seconds(19)) == first)
        #expect(walk.place(at: .seconds(20)) == .start)
        #expect(walk.isSlowSweep)
    }

    @Test("claims for those who have waited longest are rationed only where they cost more than others")
    func aging() {
        var walk = ClaimWalk()
        let first = ClaimPlace(priority: 0, rank: 1)
        for step in 0..<20 {
            _ = walk.place(at: .milliseconds(step))
            walk.learned(first: first, isFull: true, cost: .milliseconds(2), at: .milliseconds(step))
        }
        walk.learnedAging(cost: .milliseconds(6), at: .milliseconds(30))
        #expect(walk.mayAge(at: .milliseconds(30)))
        walk.learnedAging(cost: .milliseconds(202), at: .milliseconds(30))
        #expect(!walk.mayAge(at: .seconds(3)))
        #expect(walk.mayAge(at: .milliseconds(4030)))
    }

    @Test("places are ordered by priority, then by rank")
    func order() {
        #expect(ClaimPlace(priority: -1, rank: 9) < ClaimPlace(priority: 0, rank: 1))
        #expect(ClaimPlace(priority: 0, rank: 1) < ClaimPlace(priority: 0, rank: 2))
        #expect(ClaimPlace.start < ClaimPlace(priority: Int(Int16.min), rank: 0))
    }
}

@Suite("Heartbeat gate")
struct HeartbeatGateTests {
    @Test("it closes when two heartbeats were missed, and opens with the next that succeeds")
    func gate() {
        var gate = HeartbeatGate(period: .seconds(1), at: .zero)
        #expect(gate.isOpen(at: .seconds(2)))
        #expect(!gate.isOpen(at: .milliseconds(2001)))
        gate.succeeded(began: .seconds(5))
        #expect(gate.isOpen(at: .seconds(6)))
    }

    @Test("a heartbeat counts from when it was begun: an answer that took long says nothing of now")
    func slowAnswer() {
        var gate = HeartbeatGate(period: .seconds(1), at: .zero)
        gate.succeeded(began: .milliseconds(500))
        #expect(!gate.isOpen(at: .seconds(3)))
        gate.succeeded(began: .zero)
        #expect(!gate.isOpen(at: .seconds(3)))
    }

    @Test("after an outage nobody is declared dead before all have had the time to come back")
    func afterOutage() {
        var gate = HeartbeatGate(period: .seconds(1), at: .zero)
        #expect(gate.mayRescue(silence: .seconds(4), at: .seconds(1)))
        #expect(!gate.mayRescue(silence: .seconds(4), at: .seconds(9)), "it cannot tell")
        gate.succeeded(began: .seconds(10))
        #expect(!gate.mayRescue(silence: .seconds(4), at: .seconds(11)))
        for second in 11...14 { gate.succeeded(began: .seconds(second)) }
        #expect(gate.mayRescue(silence: .seconds(4), at: .seconds(14)))
    }
}
