import JobLifecycle

/// A queue, its workers and the network between them, driven by a seed: every history can be had again.
///
/// The workers' decisions are those of the real ones (`PoolMachine`, `HeartbeatGate`); the tables are `SimulatedTables`.
/// Workers are killed, frozen for longer than they may be silent, and cut off; requests and answers are lost.
struct Simulation {
    struct Outcome {
        /// Nil when every rule held at every step.
        var violation: String?
        /// Attempts that were interrupted by a kill or a freeze.
        var interrupted = 0
        var steps = 0
    }

    private struct Worker {
        var epoch: Int
        var machine: PoolMachine<Int>
        var gate: HeartbeatGate
        var frozenUntil = 0
        var isFlushing = false
        var orphans: [Int64: Int] = [:]
        var orphanedBatches: [Int64: Int] = [:]
        var attempts: [Int64: Int] = [:]
        var claimed: [Int64: Set<Int64>] = [:]
    }

    private enum Event {
        case look(Int)
        case beat(Int)
        case beaten(Int, epoch: Int, began: Int, (leases: Set<Int64>, batches: Set<Int64>)?)
        case flushed(
            Int, epoch: Int, PoolMachine<Int>.Acknowledgements, [SimulatedTables.Taken]?, asked: Int, isLost: Bool)
        case apply(Int, epoch: Int, PoolMachine<Int>.Acknowledgements, asked: Int)
        case ended(Int, epoch: Int, PoolMachine<Int>.Entry)
        case rescue
        case trouble
    }

    private static let jobs: Int64 = 24
    private static let workers = 3
    private static let period = 100
    private static let silence = 350
    /// Trouble comes until then; after it everything must come to its end.
    private static let trouble = 800
    private static let end = 20_000

    private var random: SplitMix64
    private var tables: SimulatedTables
    private let mutation: SimulatedTables.Mutation
    private var now = 0
    private var queue: [(time: Int, order: Int, event: Event)] = []
    private var order = 0
    private var members: [Worker] = []
    private var effects: [Int64: Int] = [:]
    private var outcome = Outcome()
    /// Whether the latest step may have changed the tables.
    private var isChanged = false

    init(seed: UInt64, mutation: SimulatedTables.Mutation = []) {
        self.random = SplitMix64(state: seed)
        self.mutation = mutation
        self.tables = SimulatedTables(cap: 2, mutation: mutation)
    }

    mutating func run() -> Outcome {
        for id in 1...Self.jobs { self.tables.enqueue(id) }
        for index in 0..<Self.workers {
            self.members.append(self.newLife())
            self.schedule(.look(index), in: index)
            self.schedule(.beat(index), in: 50 + index)
        }
        self.schedule(.rescue, in: 60)
        self.schedule(.trouble, in: 40)
        while let next = self.pop(), self.outcome.violation == nil,
            self.tables.completed.count < Int(Self.jobs) || next.time < Self.trouble
        {
            self.now = next.time
            guard self.now < Self.end else {
                self.outcome.violation = "\(self.tables.completed.count) of \(Self.jobs) jobs completed in the end"
                break
            }
            self.handle(next.event)
            self.outcome.steps += 1
            if self.isChanged { self.outcome.violation = self.tables.violation(jobs: Self.jobs) }
            self.isChanged = false
        }
        if self.outcome.violation == nil {
            for id in 1...Self.jobs where self.effects[id] != 1 {
                self.outcome.violation = "job \(id) had its effect \(self.effects[id] ?? 0) times"
            }
        }
        return self.outcome
    }

    private mutating func newLife() -> Worker {
        let epoch = self.tables.register(at: self.now)
        return Worker(
            epoch: epoch, machine: PoolMachine(slots: 2, prefetch: 2),
            gate: HeartbeatGate(period: .milliseconds(Self.period), at: .milliseconds(self.now)))
    }

    private mutating func schedule(_ event: Event, in delay: Int) {
        self.order += 1
        let item = (time: self.now + delay, order: self.order, event: event)
        let place = self.queue.firstIndex { ($0.time, $0.order) < (item.time, item.order) } ?? self.queue.count
        self.queue.insert(item, at: place)
    }

    private mutating func pop() -> (time: Int, order: Int, event: Event)? { self.queue.popLast() }

    private mutating func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self.random) }

    private mutating func happens(oneIn chances: Int) -> Bool {
        self.now < Self.trouble && self.draw(1...chances) == 1
    }

    private mutating func handle(_ event: Event) {
        switch event {
        case .rescue:
            self.tables.rescue(silence: Self.silence, at: self.now)
            self.isChanged = true
            self.schedule(.rescue, in: 60)
        case .trouble:
            self.makeTrouble()
            if self.now < Self.trouble { self.schedule(.trouble, in: self.draw(50...300)) }
        case .apply(let index, let epoch, let taken, let asked):
            self.apply(index, epoch, taken, asked)
        case .look(let index), .beat(let index), .beaten(let index, _, _, _), .flushed(let index, _, _, _, _, _),
            .ended(let index, _, _):
            // A frozen process does nothing; what comes meanwhile waits for it.
            guard self.members[index].frozenUntil <= self.now else {
                return self.schedule(event, in: self.members[index].frozenUntil - self.now)
            }
            self.act(event)
        }
    }

    private mutating func makeTrouble() {
        let index = self.draw(0...Self.workers - 1)
        self.outcome.interrupted += self.members[index].machine.running
        if self.draw(0...1) == 0 {
            // Killed, and started anew: what it had in memory is gone, and what is on its way to it finds another.
            self.members[index] = self.newLife()
            self.schedule(.look(index), in: 20)
        } else {
            self.members[index].frozenUntil = self.now + self.draw(50...1500)
        }
    }

    private mutating func act(_ event: Event) {
        switch event {
        case .look(let index): self.look(index)
        case .beat(let index):
            let epoch = self.members[index].epoch
            if !self.happens(oneIn: 6) {
                let answer = self.tables.heartbeat(epoch, at: self.now)
                if !self.happens(oneIn: 10) {
                    self.schedule(.beaten(index, epoch: epoch, began: self.now, answer), in: self.draw(1...20))
                }
            }
            self.schedule(.beat(index), in: Self.period)
        case .beaten(let index, let epoch, let began, let answer):
            guard self.members[index].epoch == epoch else { return }
            self.beaten(index, began, answer)
        case .flushed(let index, let epoch, let taken, let jobs, let asked, let isLost):
            guard self.members[index].epoch == epoch else { return }
            self.flushed(index, taken, jobs, asked, isLost)
        case .ended(let index, let epoch, let entry):
            // The effect on the world outside comes before the end is written, and comes from late workers, too.
            if self.mutation.contains(.noKey) {
                self.effects[entry.id, default: 0] += 1
            } else {
                self.effects[entry.id] = 1
            }
            guard self.members[index].epoch == epoch else { return }
            self.members[index].machine.ended(entry, acknowledge: true, at: .milliseconds(self.now))
            self.look(index)
        case .rescue, .trouble, .apply: break
        }
    }

    /// What the loop of a pool does.
    private mutating func look(_ index: Int) {
        let time = Duration.milliseconds(self.now)
        self.members[index].machine.mayClaim = self.members[index].gate.isOpen(at: time)
        while let entry = self.members[index].machine.start() {
            let epoch = self.members[index].epoch
            self.schedule(.ended(index, epoch: epoch, entry), in: self.draw(1...120))
        }
        guard !self.members[index].isFlushing else { return }
        switch self.members[index].machine.flush(at: time) {
        case .idle: break
        case .after(let rest): self.schedule(.look(index), in: max(1, Int(rest / .milliseconds(1))))
        case .now:
            let asked = self.members[index].machine.foundAll ? 0 : self.members[index].machine.want
            let taken = self.members[index].machine.takeAcknowledgements()
            self.members[index].isFlushing = true
            self.schedule(.apply(index, epoch: self.members[index].epoch, taken, asked: asked), in: self.draw(1...10))
        }
    }

    /// What the database does with a flush, unless the request is lost; the answer may be lost, too.
    private mutating func apply(
        _ index: Int, _ epoch: Int, _ taken: PoolMachine<Int>.Acknowledgements, _ asked: Int
    ) {
        var jobs: [SimulatedTables.Taken]?
        self.isChanged = true
        if !self.happens(oneIn: 20) {
            self.tables.acknowledge(
                single: taken.single.map { ($0.id, $0.job) }, batches: taken.batches, partly: taken.partly,
                claimed: Dictionary(grouping: taken.jobs.filter { $0.batch != nil }, by: { $0.batch ?? 0 })
                    .mapValues { Set($0.map(\.id)) }, worker: epoch)
            jobs = asked > 0 ? self.tables.claim(asked, worker: epoch) : []
        }
        let isLost = jobs == nil || self.happens(oneIn: 20)
        self.schedule(
            .flushed(index, epoch: epoch, taken, jobs, asked: asked, isLost: isLost), in: self.draw(1...10))
    }

    private mutating func flushed(
        _ index: Int, _ taken: PoolMachine<Int>.Acknowledgements, _ jobs: [SimulatedTables.Taken]?, _ asked: Int,
        _ isLost: Bool
    ) {
        self.members[index].isFlushing = false
        if isLost {
            self.members[index].machine.failed(taken, at: .milliseconds(self.now))
        } else if asked > 0, let jobs {
            self.members[index].machine.claimed(
                jobs.map { PoolMachine.Entry(id: $0.id, batch: $0.batch, job: $0.attempt) }, asked: asked)
        }
        self.schedule(.look(index), in: isLost ? 20 : 0)
    }

    private mutating func beaten(_ index: Int, _ began: Int, _ answer: (leases: Set<Int64>, batches: Set<Int64>)?) {
        guard let answer else {
            // Given up for dead: another life begins, and nothing of this one counts.
            self.members[index] = self.newLife()
            return self.schedule(.look(index), in: 1)
        }
        self.members[index].gate.succeeded(began: .milliseconds(began))
        self.members[index].machine.woken()
        let known = self.members[index].machine
        let orphans = answer.leases.subtracting(self.working(index))
        self.members[index].orphans = Dictionary(
            uniqueKeysWithValues: orphans.map { ($0, (self.members[index].orphans[$0] ?? 0) + 1) })
        let batches = answer.batches.subtracting(known.openBatches)
        self.members[index].orphanedBatches = Dictionary(
            uniqueKeysWithValues: batches.map { ($0, (self.members[index].orphanedBatches[$0] ?? 0) + 1) })
        self.tables.takeBack(
            Set(self.members[index].orphans.filter { $0.value >= 3 }.keys),
            batches: Set(self.members[index].orphanedBatches.filter { $0.value >= 3 }.keys),
            worker: self.members[index].epoch)
        self.look(index)
    }

    /// Single jobs that this worker runs, or has in its line, or is about to acknowledge.
    private func working(_ index: Int) -> Set<Int64> {
        var ids = Set(self.members[index].machine.waitingSingles.map(\.id))
        let epoch = self.members[index].epoch
        for item in self.queue {
            switch item.event {
            case .ended(index, epoch, let entry): ids.insert(entry.id)
            case .flushed(index, epoch, let taken, _, _, _), .apply(index, epoch, let taken, _):
                ids.formUnion(taken.single.map(\.id))
            default: break
            }
        }
        return ids
    }
}

/// Sebastiano Vigna, <https://prng.di.unimi.it/splitmix64.c>.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
