/// The queue's tables and statements as values: what the SQL of JobQueue does, each statement in one indivisible step.
struct SimulatedTables {
    /// What is left out of the real thing, to see that the simulation notices.
    struct Mutation: OptionSet {
        let rawValue: Int
        /// An end is accepted whoever holds the job.
        static let noFence = Mutation(rawValue: 1)
        /// What a job does elsewhere is not keyed by the job.
        static let noKey = Mutation(rawValue: 2)
        /// Leases nobody works on stay where they are.
        static let noTakeBack = Mutation(rawValue: 4)
        /// A slot goes to the next job without a look at the limit.
        static let noLimit = Mutation(rawValue: 8)
    }

    struct Taken {
        let id: Int64
        let attempt: Int
        let batch: Int64?
    }

    struct Lease {
        let worker: Int
        let attempt: Int
    }

    struct Batch {
        let worker: Int
        var attempts: [Int64: Int]
    }

    let mutation: Mutation
    let cap: Int
    /// Attempts begun, of jobs that are due, by number: their place in line.
    var ready: [Int64: Int] = [:]
    var held: [Int: Set<Int64>] = [:]
    var leases: [Int64: Lease] = [:]
    var batches: [Int64: Batch] = [:]
    var workers: [Int: Int] = [:]
    var completed: [Int64: Int] = [:]
    var used: [Int: Int] = [:]
    private var nextWorker = 0
    private var nextBatch: Int64 = 0

    init(cap: Int, mutation: Mutation) {
        self.cap = cap
        self.mutation = mutation
    }

    /// Every third job has no key; even ones are leased in batches.
    static func key(of id: Int64) -> Int? { id % 3 == 0 ? nil : Int(id % 3) }

    mutating func enqueue(_ id: Int64) {
        guard let key = Self.key(of: id), !self.mutation.contains(.noLimit), self.used[key, default: 0] >= self.cap
        else {
            if let key = Self.key(of: id) { self.used[key, default: 0] += 1 }
            self.ready[id] = 0
            return
        }
        self.held[key, default: []].insert(id)
    }

    mutating func register(at now: Int) -> Int {
        self.nextWorker += 1
        self.workers[self.nextWorker] = now
        return self.nextWorker
    }

    mutating func claim(_ limit: Int, worker: Int) -> [Taken] {
        guard self.workers[worker] != nil else { return [] }
        var taken: [Taken] = []
        var batch: [Int64: Int] = [:]
        for id in self.ready.keys.sorted().prefix(limit) {
            let attempt = (self.ready.removeValue(forKey: id) ?? 0) + 1
            if id % 2 == 0 {
                batch[id] = attempt
            } else {
                self.leases[id] = Lease(worker: worker, attempt: attempt)
            }
            taken.append(Taken(id: id, attempt: attempt, batch: id % 2 == 0 ? self.nextBatch + 1 : nil))
        }
        if !batch.isEmpty {
            self.nextBatch += 1
            self.batches[self.nextBatch] = Batch(worker: worker, attempts: batch)
        }
        return taken
    }

    mutating func acknowledge(
        single: [(id: Int64, attempt: Int)], batches: [Int64], partly: [(batch: Int64, id: Int64)],
        claimed: [Int64: Set<Int64>], worker: Int
    ) {
        for (id, attempt) in single {
            let lease = self.leases[id]
            let isHeld = lease?.worker == worker && lease?.attempt == attempt
            guard isHeld || self.mutation.contains(.noFence) else { continue }
            self.leases[id] = nil
            self.complete(id)
        }
        for number in batches {
            guard let batch = self.batches[number], batch.worker == worker else {
                if self.mutation.contains(.noFence) { for id in claimed[number] ?? [] { self.complete(id) } }
                continue
            }
            self.batches[number] = nil
            for id in batch.attempts.keys { self.complete(id) }
        }
        for (number, id) in partly {
            guard let batch = self.batches[number], batch.worker == worker, batch.attempts[id] != nil else {
                if self.mutation.contains(.noFence) { self.complete(id) }
                continue
            }
            self.batches[number]?.attempts[id] = nil
            self.complete(id)
        }
    }

    private mutating func complete(_ id: Int64) {
        self.completed[id, default: 0] += 1
        guard let key = Self.key(of: id) else { return }
        if let heir = self.held[key]?.min() {
            self.held[key]?.remove(heir)
            self.ready[heir] = 0
        } else {
            self.used[key, default: 0] -= 1
        }
    }

    /// - Returns: nil when the worker was given up for dead.
    mutating func heartbeat(_ worker: Int, at now: Int) -> (leases: Set<Int64>, batches: Set<Int64>)? {
        guard self.workers[worker] != nil else { return nil }
        self.workers[worker] = now
        return (
            Set(self.leases.filter { $0.value.worker == worker }.keys),
            Set(self.batches.filter { $0.value.worker == worker }.keys)
        )
    }

    mutating func rescue(silence: Int, at now: Int) {
        self.workers = self.workers.filter { now - $0.value <= silence }
        for (id, lease) in self.leases where self.workers[lease.worker] == nil { self.takeBack(id, lease.attempt) }
        for (number, batch) in self.batches where self.workers[batch.worker] == nil { self.takeBack(batch: number) }
    }

    private mutating func takeBack(_ id: Int64, _ attempt: Int) {
        self.leases[id] = nil
        self.ready[id] = attempt
    }

    private mutating func takeBack(batch number: Int64) {
        guard let batch = self.batches.removeValue(forKey: number) else { return }
        for (id, attempt) in batch.attempts { self.ready[id] = attempt }
    }

    mutating func takeBack(_ ids: Set<Int64>, batches: Set<Int64>, worker: Int) {
        guard !self.mutation.contains(.noTakeBack) else { return }
        for id in ids {
            guard let lease = self.leases[id], lease.worker == worker else { continue }
            self.takeBack(id, lease.attempt)
        }
        for number in batches where self.batches[number]?.worker == worker { self.takeBack(batch: number) }
    }

    /// What is broken; nil when nothing is.
    func violation(jobs: Int64) -> String? {
        var places: [Int64: Int] = [:]
        for id in self.ready.keys { places[id, default: 0] += 1 }
        for ids in self.held.values { for id in ids { places[id, default: 0] += 1 } }
        for id in self.leases.keys { places[id, default: 0] += 1 }
        for batch in self.batches.values { for id in batch.attempts.keys { places[id, default: 0] += 1 } }
        for (id, times) in self.completed {
            places[id, default: 0] += 1
            if times > 1 { return "job \(id) completed \(times) times" }
        }
        for id in 1...jobs where places[id] ?? 0 != 1 { return "job \(id) stands in \(places[id] ?? 0) places" }
        var running: [Int: Int] = [:]
        for id in self.leases.keys { if let key = Self.key(of: id) { running[key, default: 0] += 1 } }
        for batch in self.batches.values {
            for id in batch.attempts.keys { if let key = Self.key(of: id) { running[key, default: 0] += 1 } }
        }
        for (key, count) in running where count > self.cap { return "\(count) jobs of key \(key) run" }
        return nil
    }
}
