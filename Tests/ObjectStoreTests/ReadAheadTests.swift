import Testing

@testable import ObjectStore

@Suite("Reading ahead")
struct ReadAheadTests {
    /// 1,000 pieces.
    private func plan() -> ReadAhead { ReadAhead(size: 1000 * (256 << 10)) }

    /// Reads one place after the other, each request answered at once; returns what was asked for.
    private func read(_ places: Range<Int>, _ plan: inout ReadAhead) -> [Range<Int>] {
        var asked: [Range<Int>] = []
        for place in places {
            let requests = plan.ask(for: place..<place + 1)
            for request in requests { for arrived in request { plan.arrived(arrived) } }
            asked += requests
            #expect(plan.isThere(place..<place + 1))
            plan.used(place..<place + 1)
            _ = plan.evict()
        }
        return asked
    }

    @Test("from front to back, every piece is asked for once, by requests that grow long")
    func sequential() {
        var plan = self.plan()
        let asked = self.read(0..<1000, &plan)
        #expect(asked.flatMap { Array($0) } == Array(0..<1000))
        #expect(asked.dropFirst(10).dropLast().allSatisfy { $0.count >= plan.shape.longestRequest / 2 })
        #expect(asked.count < 100)
    }

    @Test("a read elsewhere asks for no more than it needs")
    func random() {
        var plan = self.plan()
        for place in [900, 17, 500, 300, 700, 100] {
            #expect(plan.ask(for: place..<place + 2).flatMap { Array($0) } == [place, place + 1])
        }
    }

    @Test("a look at another place does not end a run")
    func runs() {
        var plan = self.plan()
        _ = self.read(0..<50, &plan)
        _ = self.read(990..<992, &plan)
        let asked = self.read(50..<200, &plan).flatMap { Array($0) }
        #expect(Set(asked).count == asked.count)
        #expect(asked.contains(220) && !asked.contains(10))
    }

    @Test("what is kept and under way stays within its bound, whoever reads what")
    func bounded() {
        var plan = self.plan()
        var held: Set<Int> = []
        var state: UInt64 = 1
        for _ in 0..<5000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let place = Int(state >> 40) % 990
            for next in place..<min(place + Int(state >> 60), 1000) {
                for request in plan.ask(for: next..<next + 1) {
                    for arrived in request {
                        #expect(held.insert(arrived).inserted, "asked for while it is there")
                        plan.arrived(arrived)
                    }
                }
                plan.used(next..<next + 1)
                for gone in plan.evict() { held.remove(gone) }
                #expect(held.count <= plan.shape.most)
            }
        }
    }

    @Test("pieces that did not come are asked for again")
    func failures() {
        var plan = self.plan()
        #expect(plan.ask(for: 0..<2) == [0..<2])
        plan.arrived(0)
        plan.failed(1..<2)
        #expect(!plan.isThere(0..<2))
        #expect(plan.ask(for: 0..<2) == [1..<2])
    }

    @Test("an object of any length has its pieces", arguments: [(0, 0), (1, 1), (262_144, 1), (262_145, 2)])
    func count(size: Int64, pieces: Int) {
        #expect(ReadAhead(size: size).count == pieces)
    }
}
