import JobLifecycle
import QueueSimulation
import Testing

@Suite("Pool machine")
struct PoolMachineTests {
    typealias Machine = PoolMachine<Int>

    private func entries(_ ids: ClosedRange<Int64>, batch: Int64? = nil) -> [Machine.Entry] {
        ids.map { Machine.Entry(id: $0, batch: batch, job: 1) }
    }

    @Test("it asks for free slots and what it may lease ahead, and not again until it is woken")
    func want() {
        var machine = Machine(slots: 2, prefetch: 3)
        #expect(machine.want == 5)
        #expect(machine.flush(at: .zero) == .now)
        machine.claimed(self.entries(1...4), asked: 5)
        #expect(machine.foundAll && machine.want == 1)
        #expect(machine.flush(at: .zero) == .idle)
        machine.woken()
        #expect(machine.waiting == 4)
    }

    @Test("it starts as many as there are slots, in the order of the claim")
    func starts() {
        var machine = Machine(slots: 2, prefetch: 8)
        machine.claimed(self.entries(1...5), asked: 10)
        let started = (0..<3).map { _ in machine.start()?.id }
        #expect(started == [1, 2, nil])
        #expect(machine.running == 2 && machine.waiting == 3)
        machine.ended(Machine.Entry(id: 1, batch: nil, job: 1), acknowledge: true, at: .zero)
        #expect(machine.start()?.id == 3)
    }

    @Test("acknowledgements wait two milliseconds for others, and for nobody when nobody else will come")
    func linger() {
        var machine = Machine(slots: 2, prefetch: 8)
        machine.claimed(self.entries(1...2), asked: 10)
        let (first, second) = (machine.start(), machine.start())
        guard let first, let second else {
            Issue.record("both start")
            return
        }
        machine.ended(first, acknowledge: true, at: .milliseconds(10))
        #expect(machine.flush(at: .milliseconds(11)) == .after(.milliseconds(1)))
        #expect(machine.flush(at: .milliseconds(12)) == .now)
        machine.ended(second, acknowledge: true, at: .milliseconds(11))
        #expect(machine.flush(at: .milliseconds(11)) == .now)
        let taken = machine.takeAcknowledgements()
        #expect(taken.single.map(\.id) == [1, 2])
        #expect(machine.takeAcknowledgements().isEmpty)
        machine.failed(taken, at: .milliseconds(20))
        #expect(machine.takeAcknowledgements().single.map(\.id) == [1, 2])
    }

    @Test("a batch goes with its last job, and until then lists those that have ended")
    func batches() throws {
        var machine = Machine(slots: 3, prefetch: 8)
        machine.claimed(self.entries(1...3, batch: 9), asked: 10)
        let all = (0..<3).compactMap { _ in machine.start() }
        try #require(all.count == 3)
        machine.ended(all[0], acknowledge: true, at: .zero)
        #expect(machine.takeAcknowledgements().partly.map(\.id) == [1])
        machine.ended(all[1], acknowledge: false, at: .zero)
        #expect(machine.takeAcknowledgements().isEmpty, "its end was recorded by itself")
        machine.ended(all[2], acknowledge: true, at: .zero)
        let last = machine.takeAcknowledgements()
        #expect(last.batches == [9] && last.partly.isEmpty && last.jobs.map(\.id) == [3])
        machine.failed(last, at: .zero)
        #expect(machine.takeAcknowledgements().batches == [9])
    }

    @Test("a batch whose jobs all ended by themselves still goes")
    func emptyBatch() throws {
        var machine = Machine(slots: 1, prefetch: 8)
        machine.claimed(self.entries(1...1, batch: 9), asked: 10)
        let only = machine.start()
        machine.ended(try #require(only), acknowledge: false, at: .zero)
        #expect(machine.flush(at: .zero) == .now)
        #expect(machine.takeAcknowledgements().batches == [9])
    }

    @Test("paused it takes nothing, gives back what waits, and lets run what runs")
    func pause() throws {
        var machine = Machine(slots: 1, prefetch: 8)
        machine.claimed(self.entries(1...4, batch: 9), asked: 9)
        let started = machine.start()
        let running = try #require(started)
        let back = machine.apply(mode: .paused, slots: 1, prefetch: 8)
        #expect(back.map(\.id) == [2, 3, 4])
        #expect(machine.want == 0 && machine.start() == nil)
        machine.ended(running, acknowledge: true, at: .zero)
        #expect(machine.takeAcknowledgements().partly.map(\.id) == [1])
        #expect(machine.apply(mode: .working, slots: 1, prefetch: 8).isEmpty)
        #expect(machine.want == 9 && !machine.foundAll)
    }

    @Test("absurd sizes are harmless", arguments: [0, 10_000, -5])
    func absurd(slots: Int) {
        var machine = Machine(slots: slots, prefetch: 10_000)
        #expect((0...Machine.largestClaim).contains(machine.want))
        machine.claimed(self.entries(1...3), asked: 3)
        #expect((machine.start() != nil) == (slots > 0))
        machine.mayClaim = false
        #expect(machine.want == 0)
    }

    @Test("a batch with jobs that were given back, or whose end may not be written, is never acknowledged whole")
    func torn() {
        func batch() -> (Machine, [Machine.Entry]) {
            var machine = Machine(slots: 2, prefetch: 8)
            machine.claimed((1...3).map { Machine.Entry(id: $0, batch: 7, job: 1) }, asked: 3)
            let running = [machine.start(), machine.start()].compactMap(\.self)
            return (machine, running)
        }
        var (given, running) = batch()
        #expect(given.giveBack().map(\.id) == [3])
        for entry in running { given.ended(entry, acknowledge: true, at: .zero) }
        var taken = given.takeAcknowledgements()
        #expect(taken.batches.isEmpty && taken.partly.map(\.id) == [1, 2])
        #expect(given.openBatches.isEmpty, "nobody works on what is left of it")
        // Tried again, it is still not whole.
        given.failed(taken, at: .zero)
        taken = given.takeAcknowledgements()
        #expect(taken.batches.isEmpty && taken.partly.map(\.id) == [1, 2])

        var (unwritten, begun) = batch()
        begun += [unwritten.start()].compactMap(\.self)
        unwritten.ended(begun[0], acknowledge: false, isRecorded: false, at: .zero)
        if let third = unwritten.start() { begun.append(third) }
        for entry in begun[1...] { unwritten.ended(entry, acknowledge: true, at: .zero) }
        #expect(unwritten.takeAcknowledgements().partly.map(\.id) == [2, 3])

        var (clean, all) = batch()
        clean.ended(all[0], acknowledge: false, at: .zero)
        if let third = clean.start() { all.append(third) }
        for entry in all[1...] { clean.ended(entry, acknowledge: true, at: .zero) }
        #expect(clean.takeAcknowledgements().batches == [7])
    }

    @Test("whatever happens in whatever order, nothing is acknowledged twice or forgotten", arguments: 1...50)
    func random(seed: Int) {
        var random = SplitMix64(state: UInt64(seed))
        var machine = Machine(slots: 3, prefetch: 5)
        var next: Int64 = 0
        var batch: Int64 = 0
        var running: [Machine.Entry] = []
        var open: Set<Int64> = []
        var recorded = 0
        var acknowledged: [Int64: Int] = [:]
        func note(_ taken: Machine.Acknowledgements) {
            for entry in taken.jobs { acknowledged[entry.id, default: 0] += 1 }
        }
        for step in 0..<400 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                let asked = machine.want
                guard asked > 0 else { continue }
                let found = Int64.random(in: 0...Int64(asked), using: &random)
                batch += 1
                let isBatch = Bool.random(using: &random)
                machine.claimed(
                    (0..<found).map { Machine.Entry(id: next + $0, batch: isBatch ? batch : nil, job: 1) }, asked: asked
                )
                open.formUnion(next..<next + found)
                next += found
            case 1, 2: if let entry = machine.start() { running.append(entry) }
            case 3:
                guard let index = running.indices.randomElement(using: &random) else { continue }
                let entry = running.remove(at: index)
                let acknowledge = Int.random(in: 0..<4, using: &random) > 0
                if !acknowledge {
                    recorded += 1
                    open.remove(entry.id)
                }
                machine.ended(entry, acknowledge: acknowledge, at: .milliseconds(step))
            case 4:
                let taken = machine.takeAcknowledgements()
                if Bool.random(using: &random) { machine.failed(taken, at: .milliseconds(step)) } else { note(taken) }
            default: for entry in machine.apply(mode: .working, slots: 3, prefetch: 5) { open.remove(entry.id) }
            }
        }
        for entry in machine.giveBack() { open.remove(entry.id) }
        for entry in running { machine.ended(entry, acknowledge: true, at: .zero) }
        let last = machine.takeAcknowledgements()
        note(last)
        #expect(acknowledged.values.allSatisfy { $0 == 1 })
        #expect(Set(acknowledged.keys) == open)
        #expect(machine.openBatches.isEmpty)
    }
}
