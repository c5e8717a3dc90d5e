import JobLifecycle
import QueueSimulation
import Testing

@Suite("Slot tuner")
struct SlotTunerTests {
    private func reading(_ slots: Int, _ bounds: ClosedRange<Int>?, busy: Double, lag: Int) -> SlotTuner.Reading {
        SlotTuner.Reading(slots: slots, bounds: bounds, busy: busy, lag: .seconds(lag))
    }

    @Test(
        "a pool that is behind gets a slot while there is room, up to the operator's bound, one at a time with a rest")
    func grows() {
        var tuner = SlotTuner()
        let pools: [QueueName: SlotTuner.Reading] = ["hash": self.reading(2, 1...3, busy: 2, lag: 30)]
        let moves = tuner.moves(pools, processors: 0.4, disk: 0.1, at: .seconds(1))
        #expect(moves.map(\.to) == [3])
        #expect(moves[0].reason == "its first job has waited 30 s, and there is room: processors 40 % busy, disk 10 %")
        #expect(tuner.moves(pools, processors: 0.4, disk: 0.1, at: .seconds(5)).isEmpty)
        let full: [QueueName: SlotTuner.Reading] = ["hash": self.reading(3, 1...3, busy: 3, lag: 30)]
        #expect(tuner.moves(full, processors: 0.4, disk: 0.1, at: .seconds(20)).isEmpty)
    }

    @Test("without room a slot changes hands, from the pool that makes least use of its own")
    func changesHands() {
        var tuner = SlotTuner()
        let moves = tuner.moves(
            [
                "hash": self.reading(2, 1...8, busy: 2, lag: 30), "scan": self.reading(4, 2...8, busy: 1, lag: 0),
                "events": self.reading(2, 1...8, busy: 1.2, lag: 0), "fixed": self.reading(9, nil, busy: 0, lag: 0),
            ], processors: 0.95, disk: 0.2, at: .seconds(1))
        #expect(moves.map(\.queue) == ["scan", "hash"])
        #expect(moves.map(\.to) == [3, 3])
    }

    @Test(
        "an overloaded machine on which nothing waits gives a slot back; a busy disk counts as much as the processors")
    func shrinks() {
        var tuner = SlotTuner()
        let moves = tuner.moves(
            ["scan": self.reading(4, 2...8, busy: 1, lag: 0)], processors: 0.2, disk: 0.9, at: .seconds(1))
        #expect(moves.map(\.to) == [3])
    }

    @Test("bounds that were narrowed hold at once")
    func bounds() {
        var tuner = SlotTuner()
        #expect(
            tuner.moves(["scan": self.reading(9, 2...4, busy: 9, lag: 99)], processors: 0, disk: 0, at: .seconds(1))
                .map(\.to)
                == [4])
    }

    @Test("no reading, however odd, moves a pool out of the operator's bounds or one that has none", arguments: 1...200)
    func never(seed: Int) {
        var random = SplitMix64(state: UInt64(seed))
        var tuner = SlotTuner()
        var slots: [QueueName: Int] = ["a": 2, "b": 5, "c": 0, "d": 3]
        let bounds: [QueueName: ClosedRange<Int>] = ["a": 1...4, "b": 0...5, "c": 0...2]
        for round in 0..<100 {
            var pools: [QueueName: SlotTuner.Reading] = [:]
            for (queue, count) in slots {
                pools[queue] = SlotTuner.Reading(
                    slots: count, bounds: bounds[queue], busy: Double.random(in: 0...6, using: &random),
                    lag: .milliseconds(Int.random(in: 0...9000, using: &random)))
            }
            let moves = tuner.moves(
                pools, processors: Double.random(in: 0...1, using: &random),
                disk: Double.random(in: 0...1, using: &random),
                at: .seconds(round * 20))
            #expect(moves.count <= 2)
            for move in moves {
                slots[move.queue] = move.to
                #expect(bounds[move.queue]?.contains(move.to) == true)
                #expect(!move.reason.isEmpty)
            }
        }
        #expect(slots["d"] == 3)
    }
}

@Suite("Histogram")
struct HistogramTests {
    @Test("durations fall into powers of two, the absurd into the ends")
    func buckets() {
        var histogram = Histogram()
        for duration in [Duration.zero, .seconds(-1), .milliseconds(1), .milliseconds(3), .seconds(1_000_000)] {
            histogram.add(duration)
        }
        #expect(histogram.counts[0] == 2 && histogram.counts[1] == 1 && histogram.counts[2] == 1)
        #expect(histogram.counts[Histogram.buckets - 1] == 1 && histogram.total == 5)
        #expect(histogram.quantile(0.5) == .milliseconds(2))
        #expect(Histogram().quantile(0.5) == nil)
        #expect((histogram + histogram).total == 10)
        #expect(Histogram(counts: Array(repeating: 1, count: 30)).total == 30)
    }
}

@Suite("Pool settings")
struct PoolSettingsTests {
    @Test("the node's word goes before that for all nodes, and that before the worker's")
    func precedence() {
        let node = PoolSettings(slots: 3)
        let everywhere = PoolSettings(mode: .paused, slots: 9, tuning: 1...4)
        let worker = PoolSettings(mode: .working, slots: 1, prefetch: 5)
        #expect(
            node.falling(backTo: everywhere).falling(backTo: worker)
                == PoolSettings(mode: .paused, slots: 3, prefetch: 5, tuning: 1...4))
    }

    @Test("what is out of bounds is named")
    func problems() {
        let settings = PoolSettings(slots: -1, prefetch: 10_001, leastUrgent: 40_000, tuning: 0...20_000)
        #expect(settings.problems.map(\.path) == ["slots", "prefetch", "least_urgent", "tuning"])
        #expect(PoolSettings(slots: 0, prefetch: 10_000, tuning: 0...10_000).problems.isEmpty)
    }
}
