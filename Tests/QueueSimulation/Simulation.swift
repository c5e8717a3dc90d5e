import JobLifecycle

/// A queue, its workers and the network between them, driven by a seed: every history can be had again.
///
/// The workers' decisions are those of the real ones (`PoolMachine`, `HeartbeatGate`); the tables are `SimulatedTables`.
/// Workers are killed, frozen for longer than they may be silent, and cut off; requests and answers are lost; attempts
/// fail, and that may not be written; pools are paused; jobs are cancelled wherever they stand.
public struct Simulation {
    public struct Outcome: Sendable {
        /// Nil when every rule held at every step.
        public var violation: Violation?
        /// Attempts that were interrupted by a kill or a freeze.
        public var interrupted = 0
        public var steps = 0
    }

    struct Member {
        var epoch: Int
        var machine: PoolMachine<Int>
        var gate: HeartbeatGate
        var frozenUntil = 0
        var isFlushing = false
        /// Single jobs that run, and such as are being acknowledged or ended in the database.
        var running = JobSet()
        var flying = JobSet()
        /// For how many heartbeats nobody has worked on what the database says is held here.
        var orphans: [Int]
        var orphanedBatches: [Int64: Int] = [:]
    }

    enum Event {
        case look(Int)
        case beat(Int)
        case beaten(Int, epoch: Int, began: Int, before: JobSet, (leases: JobSet, batches: [Int64])?)
        case apply(Int, epoch: Int, PoolMachine<Int>.Acknowledgements, asked: Int)
        case flushed(
            Int, epoch: Int, PoolMachine<Int>.Acknowledgements, [SimulatedTables.Taken]?, asked: Int, isLost: Bool)
        case ended(Int, epoch: Int, PoolMachine<Int>.Entry)
        case retry(Int, epoch: Int, PoolMachine<Int>.Entry)
        case giveBack(Int, epoch: Int, [PoolMachine<Int>.Entry])
        case resume(Int, epoch: Int)
        case tick
        case trouble
    }

    static let jobs = 24
    static let workers = 3
    static let period = 100
    static let silence = 350
    /// Trouble comes until then; after it everything must come to its end.
    static let trouble = 800
    static let end = 20_000

    private var random: SplitMix64
    private var heap = EventHeap<Event>()
    let mutation: Mutation
    var tables: SimulatedTables
    var now = 0
    var members: [Member] = []
    var effects = [Int](repeating: 0, count: Simulation.jobs + 1)
    var outcome = Outcome()
    /// Whether the latest step may have changed the tables.
    var isChanged = false

    public init(seed: UInt64, mutation: Mutation = []) {
        self.random = SplitMix64(state: seed)
        self.mutation = mutation
        self.tables = SimulatedTables(jobs: Self.jobs, cap: 2, mutation: mutation)
    }

    /// Runs the history to its end, or to the first broken rule.
    public mutating func run() -> Outcome {
        for id in 1...Self.jobs { self.tables.arrive(id) }
        for index in 0..<Self.workers {
            self.members.append(self.newLife())
            self.schedule(.look(index), in: index)
            self.schedule(.beat(index), in: 50 + index)
        }
        self.schedule(.tick, in: 60)
        self.schedule(.trouble, in: 40)
        while self.outcome.violation == nil, let next = self.heap.pop(),
            self.tables.ended < Self.jobs || next.time < Self.trouble
        {
            self.now = next.time
            guard self.now < Self.end else {
                self.outcome.violation = .unfinished(ended: self.tables.ended)
                break
            }
            self.handle(next.event)
            self.outcome.steps += 1
            if self.isChanged { self.outcome.violation = self.tables.violation() }
            self.isChanged = false
        }
        if self.outcome.violation == nil { self.outcome.violation = self.lastViolation() }
        return self.outcome
    }

    /// Of the rules that hold in the end.
    private func lastViolation() -> Violation? {
        for id in 1...Self.jobs {
            let times = self.effects[id]
            if times > 1 || times == 0 && !self.tables.isCancelled(id) { return .effects(job: id, times: times) }
        }
        for key in 1...2 where self.tables.used[key] != 0 { return .slots(key: key, used: self.tables.used[key]) }
        return nil
    }

    mutating func newLife() -> Member {
        let epoch = self.tables.register(at: self.now)
        return Member(
            epoch: epoch, machine: PoolMachine(slots: 2, prefetch: 2),
            gate: HeartbeatGate(period: .milliseconds(Self.period), at: .milliseconds(self.now)),
            orphans: Array(repeating: 0, count: Self.jobs + 1))
    }

    mutating func schedule(_ event: Event, in delay: Int) { self.heap.push(event, at: self.now + delay) }

    /// 0 to `bound` - 1.
    mutating func draw(_ bound: Int) -> Int { Int(self.random.next() >> 11) % bound }

    mutating func happens(oneIn chances: Int) -> Bool { self.now < Self.trouble && self.draw(chances) == 0 }

    private mutating func handle(_ event: Event) {
        switch event {
        case .tick:
            self.tables.promote()
            self.tables.rescue(silence: Self.silence, at: self.now)
            self.isChanged = true
            self.schedule(.tick, in: 60)
        case .trouble:
            self.makeTrouble()
            if self.now < Self.trouble { self.schedule(.trouble, in: 50 + self.draw(250)) }
        case .apply(let index, let epoch, let taken, let asked):
            self.apply(index, epoch, taken, asked)
        case .retry(let index, let epoch, let entry):
            self.retry(index, epoch, entry)
        case .giveBack(let index, let epoch, let entries):
            self.giveBack(index, epoch, entries)
        case .look(let index), .resume(let index, _), .beat(let index), .beaten(let index, _, _, _, _),
            .flushed(let index, _, _, _, _, _),
            .ended(let index, _, _):
            // A frozen process does nothing; what comes meanwhile waits for it.
            guard self.members[index].frozenUntil <= self.now else {
                return self.schedule(event, in: self.members[index].frozenUntil - self.now)
            }
            self.act(event)
        }
    }

    private mutating func makeTrouble() {
        let index = self.draw(Self.workers)
        switch self.draw(10) {
        case 8, 9: self.pause(index)
        case 0:
            self.tables.cancel(1 + self.draw(Self.jobs))
            self.isChanged = true
        case 1...4:
            self.outcome.interrupted += self.members[index].machine.running
            // Killed, and started anew: what it had in memory is gone, and what is on its way to it finds another.
            self.members[index] = self.newLife()
            self.schedule(.look(index), in: 20)
        default:
            self.outcome.interrupted += self.members[index].machine.running
            self.members[index].frozenUntil = self.now + 50 + self.draw(1450)
        }
    }
}
