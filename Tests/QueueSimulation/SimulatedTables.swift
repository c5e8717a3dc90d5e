/// The queue's tables and statements as values: what the SQL of JobQueue does, each statement in one indivisible step.
///
/// Where a job stands is a set of bits, not one place: a broken statement that leaves it in two, or in none, is seen.
struct SimulatedTables {
    struct Taken {
        let id: Int
        let attempt: Int
        let batch: Int64?
    }

    /// The tables a job may stand in; the last two are its end.
    struct Place: OptionSet {
        let rawValue: UInt8
        static let ready = Place(rawValue: 1)
        static let held = Place(rawValue: 2)
        static let later = Place(rawValue: 4)
        static let lease = Place(rawValue: 8)
        static let batch = Place(rawValue: 16)
        static let completed = Place(rawValue: 32)
        static let cancelled = Place(rawValue: 64)
    }

    private struct Job {
        var place: Place = []
        /// Attempts begun, the current one counted.
        var attempt = 0
        var worker = 0
        var batch: Int64 = 0
        var completions = 0
    }

    private let mutation: Mutation
    private let cap: Int
    private var jobs: [Job]
    /// When each worker was seen last; negative: given up. Its index is its epoch.
    private var seen = [-1]
    /// Who holds each batch; 0: nobody.
    private var owners = [0]
    private var ready = JobSet()
    private var held = [JobSet(), JobSet(), JobSet()]
    private var later = JobSet()
    private var leased = JobSet()
    /// Slots of each key that are given out.
    private(set) var used = [0, 0, 0]
    private(set) var ended = 0

    init(jobs: Int, cap: Int, mutation: Mutation) {
        self.cap = cap
        self.mutation = mutation
        self.jobs = Array(repeating: Job(), count: jobs + 1)
    }

    /// Every third job has no key, which is 0; even ones are leased in batches.
    static func key(of id: Int) -> Int { id % 3 }

    func isCancelled(_ id: Int) -> Bool { self.jobs[id].place == .cancelled }

    /// A job has become due: it is ready, or held where its key has no free slot.
    mutating func arrive(_ id: Int) {
        let key = Self.key(of: id)
        guard key > 0, !self.mutation.contains(.noLimit), self.used[key] >= self.cap else {
            if key > 0 { self.used[key] += 1 }
            return self.makeReady(id)
        }
        self.jobs[id].place.insert(.held)
        self.held[key].insert(id)
    }

    private mutating func makeReady(_ id: Int) {
        self.jobs[id].place.insert(.ready)
        self.ready.insert(id)
    }

    mutating func register(at now: Int) -> Int {
        self.seen.append(now)
        return self.seen.count - 1
    }

    mutating func claim(_ limit: Int, worker: Int) -> [Taken] {
        guard self.seen[worker] >= 0 else { return [] }
        var taken: [Taken] = []
        var batch: Int64?
        while taken.count < limit, let id = self.ready.next() {
            self.jobs[id].place.remove(.ready)
            self.jobs[id].attempt += 1
            self.jobs[id].worker = worker
            if id % 2 == 0 {
                if batch == nil {
                    batch = Int64(self.owners.count)
                    self.owners.append(worker)
                }
                self.jobs[id].place.insert(.batch)
                self.jobs[id].batch = batch ?? 0
            } else {
                self.jobs[id].place.insert(.lease)
                self.leased.insert(id)
            }
            taken.append(Taken(id: id, attempt: self.jobs[id].attempt, batch: id % 2 == 0 ? batch : nil))
        }
        return taken
    }

    private func holds(_ id: Int, attempt: Int, worker: Int) -> Bool {
        self.jobs[id].place.contains(.lease) && self.jobs[id].worker == worker && self.jobs[id].attempt == attempt
    }

    private func holds(_ id: Int, in batch: Int64, worker: Int) -> Bool {
        self.jobs[id].place.contains(.batch) && self.jobs[id].batch == batch && self.owners[Int(batch)] == worker
    }

    /// Ends single jobs that have completed; the lease is the fence.
    mutating func acknowledge(_ id: Int, attempt: Int, worker: Int) {
        guard self.holds(id, attempt: attempt, worker: worker) || self.mutation.contains(.noFence) else { return }
        self.release(id)
        self.complete(id)
    }

    /// Ends a whole batch: whoever its row still names, whatever its worker remembers.
    ///
    /// - Parameter claimed: who was in it, as its worker remembers.
    mutating func acknowledge(batch: Int64, claimed: JobSet, worker: Int) {
        guard self.owners[Int(batch)] == worker else {
            if self.mutation.contains(.noFence) { for id in claimed { self.complete(id) } }
            return
        }
        for id in 1..<self.jobs.count where self.holds(id, in: batch, worker: worker) {
            self.release(id)
            self.complete(id)
        }
        self.owners[Int(batch)] = 0
    }

    /// Ends one of a batch.
    mutating func acknowledge(_ id: Int, in batch: Int64, worker: Int) {
        guard self.holds(id, in: batch, worker: worker) || self.mutation.contains(.noFence) else { return }
        self.release(id)
        self.complete(id)
    }

    /// Writes that an attempt failed and is to be made again.
    mutating func retry(_ id: Int, attempt: Int, batch: Int64?, worker: Int) {
        let isHeld =
            batch.map { self.holds(id, in: $0, worker: worker) }
            ?? self.holds(id, attempt: attempt, worker: worker)
        guard isHeld || self.mutation.contains(.noFence) else { return }
        self.release(id)
        self.jobs[id].place.insert(.later)
        self.later.insert(id)
        self.free(id)
    }

    /// Gives a job back that was leased and never begun; its slot stays its own.
    mutating func giveBack(_ id: Int, attempt: Int, batch: Int64?, worker: Int) {
        let isHeld =
            batch.map { self.holds(id, in: $0, worker: worker) } ?? self.holds(id, attempt: attempt, worker: worker)
        guard isHeld || self.mutation.contains(.noFence) else { return }
        self.release(id)
        self.jobs[id].attempt -= 1
        self.makeReady(id)
    }

    /// Ends a job wherever it stands; nothing when it had ended.
    mutating func cancel(_ id: Int) {
        let place = self.jobs[id].place
        guard !place.contains(.completed), !place.contains(.cancelled) else { return }
        let hadSlot = place.contains(.ready) || place.contains(.lease) || place.contains(.batch)
        self.jobs[id].place = .cancelled
        self.ended += 1
        self.ready.remove(id)
        self.held[Self.key(of: id)].remove(id)
        self.later.remove(id)
        self.leased.remove(id)
        if hadSlot { self.free(id) }
    }

    private mutating func release(_ id: Int) {
        self.jobs[id].place.remove(.lease)
        self.jobs[id].place.remove(.batch)
        self.leased.remove(id)
    }

    private mutating func complete(_ id: Int) {
        self.jobs[id].completions += 1
        if !self.jobs[id].place.contains(.completed) { self.ended += 1 }
        self.jobs[id].place.insert(.completed)
        self.free(id)
    }

    /// Hands a slot to the next of its key.
    private mutating func free(_ id: Int) {
        let key = Self.key(of: id)
        guard key > 0 else { return }
        if let heir = self.held[key].next() {
            self.jobs[heir].place.remove(.held)
            self.makeReady(heir)
        } else if !self.mutation.contains(.lostSlots) {
            self.used[key] -= 1
        }
    }

    mutating func promote() {
        while let id = self.later.next() {
            self.jobs[id].place.remove(.later)
            self.arrive(id)
        }
    }

    /// - Returns: nil when the worker was given up for dead.
    mutating func heartbeat(_ worker: Int, at now: Int) -> (leases: JobSet, batches: [Int64])? {
        guard self.seen[worker] >= 0 else { return nil }
        self.seen[worker] = now
        var leases = JobSet()
        for id in self.leased where self.jobs[id].worker == worker { leases.insert(id) }
        return (leases, self.owners.indices.filter { self.owners[$0] == worker }.map(Int64.init))
    }

    mutating func rescue(silence: Int, at now: Int) {
        for worker in self.seen.indices where self.seen[worker] >= 0 && now - self.seen[worker] > silence {
            self.seen[worker] = -1
        }
        for id in 1..<self.jobs.count where self.seen[self.jobs[id].worker] < 0 { self.takeBack(id) }
        for batch in self.owners.indices where self.owners[batch] > 0 && self.seen[self.owners[batch]] < 0 {
            self.owners[batch] = 0
        }
    }

    private mutating func takeBack(_ id: Int) {
        let place = self.jobs[id].place
        guard place.contains(.lease) || place.contains(.batch) else { return }
        self.release(id)
        self.makeReady(id)
    }

    /// Takes back what a living worker holds and does not work on.
    mutating func takeBack(_ ids: JobSet, batches: [Int64], worker: Int) {
        guard !self.mutation.contains(.noTakeBack) else { return }
        for id in ids where self.jobs[id].place.contains(.lease) && self.jobs[id].worker == worker {
            self.takeBack(id)
        }
        for batch in batches where self.owners[Int(batch)] == worker {
            for id in 1..<self.jobs.count where self.holds(id, in: batch, worker: worker) { self.takeBack(id) }
            self.owners[Int(batch)] = 0
        }
    }

    /// What is broken; nil when nothing is.
    func violation() -> Violation? {
        var running = (0, 0, 0)
        for id in 1..<self.jobs.count {
            let job = self.jobs[id]
            if job.completions > 1 { return .completed(job: id, times: job.completions) }
            let place = job.place.rawValue
            if place == 0 || place & (place - 1) != 0 { return .stands(job: id, places: place.nonzeroBitCount) }
            guard place & (Place.lease.rawValue | Place.batch.rawValue) != 0 else { continue }
            switch id % 3 {
            case 1: running.1 += 1
            case 2: running.2 += 1
            default: break
            }
        }
        if running.1 > self.cap { return .exceeded(key: 1, jobs: running.1) }
        if running.2 > self.cap { return .exceeded(key: 2, jobs: running.2) }
        return nil
    }
}
