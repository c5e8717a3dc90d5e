/// What one pool of one worker holds, and what it should do next: a value that knows no thread, clock or database.
///
/// Jobs are leased ahead of free slots, wait in the order of their claim, run, and are acknowledged many at a time. The
/// owner tells the machine what happened and asks it what to do; times are those of any clock that only moves on.
public struct PoolMachine<Job: Sendable>: Sendable {
    /// A leased job.
    public struct Entry: Sendable {
        public let id: Int64
        /// The lease it shares with others; nil: one of its own.
        public let batch: Int64?
        public let job: Job

        public init(id: Int64, batch: Int64?, job: Job) {
            self.id = id
            self.batch = batch
            self.job = job
        }
    }

    /// What there is to acknowledge.
    public struct Acknowledgements: Sendable {
        public internal(set) var single: [Entry] = []
        /// Batches that have ended to the last job.
        public internal(set) var batches: [Int64] = []
        /// Ended jobs of batches of which others still wait or run.
        public internal(set) var partly: [(batch: Int64, id: Int64)] = []
        /// All that have ended, of whole batches too.
        public internal(set) var jobs: [Entry] = []
        /// Batches that were left with jobs in them whose end, or return, may not be written.
        var torn: Set<Int64> = []

        public init() {}

        public var isEmpty: Bool { self.single.isEmpty && self.batches.isEmpty && self.partly.isEmpty }
    }

    /// When to go to the database.
    public enum Flush: Equatable, Sendable {
        case now
        /// Unless something happens before.
        case after(Duration)
        /// Not before something happens.
        case idle
    }

    private struct Batch: Sendable {
        /// Jobs that wait or run.
        var left = 0
        /// To be acknowledged.
        var ended: [Entry] = []
        /// Since when the first of them has waited for that.
        var since: Duration?
        /// Whether its row may name jobs that neither ended nor were given back: then it is never acknowledged whole, and
        /// the row stays for the heartbeat to find that nobody works on it.
        var isTorn = false
    }

    /// Acknowledgements wait at most so long for others.
    public static var linger: Duration { .milliseconds(2) }
    /// Ended jobs of a batch wait at most so long for its last: a whole batch costs a fraction of two halves.
    public static var batchLinger: Duration { .milliseconds(20) }
    /// So many do not wait for more.
    public static var fullFlush: Int { 256 }
    /// One claim asks for no more.
    public static var largestClaim: Int { 1000 }

    public private(set) var mode = PoolMode.working
    public private(set) var slots: Int
    public private(set) var prefetch: Int
    public private(set) var running = 0
    /// Whether the latest claim found less than it asked for, and nothing is known to have come since.
    public private(set) var foundAll = false
    /// Whether the owner may claim at all; see ``HeartbeatGate``.
    public var mayClaim = true
    private var line: [Entry] = []
    private var head = 0
    private var single: [Entry] = []
    private var batches: [Int64: Batch] = [:]
    private var oldest: Duration?
    /// Of the jobs of batches that go on.
    private var oldestPart: Duration?
    /// Single jobs, and those of whole batches.
    private var unacknowledged = 0
    /// Jobs in runs that were handed out, beyond one for each slot.
    private var ahead = 0

    public init(slots: Int, prefetch: Int) {
        self.slots = slots
        self.prefetch = prefetch
    }

    /// Leased jobs that wait for a slot.
    public var waiting: Int { self.line.count - self.head }

    /// Takes effect with the next claim and the next start; what runs is not disturbed.
    ///
    /// - Returns: what waits and must be given back, because the pool takes no jobs any more.
    public mutating func apply(mode: PoolMode, slots: Int, prefetch: Int) -> [Entry] {
        if slots > self.slots || prefetch > self.prefetch || mode != self.mode { self.foundAll = false }
        (self.mode, self.slots, self.prefetch) = (mode, slots, prefetch)
        return mode == .working ? [] : self.giveBack()
    }

    /// Something may have come into the queue.
    public mutating func woken() { self.foundAll = false }

    /// How many jobs to claim now.
    public var want: Int {
        guard self.mode == .working, self.mayClaim, self.slots > 0 else { return 0 }
        return min(
            max(0, self.slots + self.prefetch - self.running - self.ahead - self.waiting), Self.largestClaim)
    }

    public mutating func claimed(_ entries: [Entry], asked: Int) {
        self.foundAll = entries.count < asked
        for entry in entries {
            guard let batch = entry.batch else { continue }
            self.batches[batch, default: Batch()].left += 1
        }
        if self.head > 0 {
            self.line.removeFirst(self.head)
            self.head = 0
        }
        self.line += entries
    }

    /// The next job, for a free slot; nil when there is none, or no slot.
    public mutating func start(where allowed: (Entry) -> Bool = { _ in true }) -> Entry? {
        guard self.mode == .working, self.running < self.slots, self.head < self.line.count,
            allowed(self.line[self.head])
        else { return nil }
        defer { self.head += 1 }
        self.running += 1
        return self.line[self.head]
    }

    /// The next jobs of batches, for one free slot that runs them one after another; empty when none is next, or no slot
    /// free. Give what was not begun back by ``putBack(_:)``, and then all that ended to ``ended(run:at:)``.
    ///
    /// - Parameter limit: at least 1. Other free slots are left their part.
    public mutating func startRun(upTo limit: Int) -> [Entry] {
        guard self.mode == .working, self.running < self.slots else { return [] }
        let share = self.waiting / (self.slots - self.running)
        let end = min(self.head + max(1, min(limit, share)), self.line.count)
        var next = self.head
        while next < end, self.line[next].batch != nil { next += 1 }
        guard next > self.head else { return [] }
        defer { self.head = next }
        self.running += 1
        self.ahead += next - self.head - 1
        // A copy: a slice would keep the line from growing in place.
        return Array(self.line[self.head..<next])
    }

    /// Jobs of a run that were not begun, back to the head of the line.
    public mutating func putBack(_ entries: ArraySlice<Entry>) {
        self.ahead -= entries.count
        self.line.replaceSubrange(..<self.head, with: entries)
        self.head = 0
    }

    /// A job ended.
    ///
    /// - Parameters:
    ///   - acknowledge: whether it is to be acknowledged with others; false when its end was recorded by itself.
    ///   - isRecorded: false when its end could not be written: the database holds it for this pool still.
    public mutating func ended(_ entry: Entry, acknowledge: Bool, isRecorded: Bool = true, at now: Duration) {
        self.running -= 1
        self.close(entry, acknowledge: acknowledge, isRecorded: isRecorded, at: now)
    }

    /// A run has come to its end, and its slot is free.
    public mutating func ended(run: [(entry: Entry, acknowledge: Bool, isRecorded: Bool)], at now: Duration) {
        self.running -= 1
        self.ahead -= run.count - 1
        for (entry, acknowledge, isRecorded) in run {
            self.close(entry, acknowledge: acknowledge, isRecorded: isRecorded, at: now)
        }
    }

    private mutating func close(_ entry: Entry, acknowledge: Bool, isRecorded: Bool, at now: Duration) {
        guard let number = entry.batch else {
            guard acknowledge else { return }
            self.single.append(entry)
            self.oldest = self.oldest ?? now
            self.unacknowledged += 1
            return
        }
        guard let index = self.batches.index(forKey: number) else { return }
        self.batches.values[index].left -= 1
        if acknowledge {
            self.batches.values[index].ended.append(entry)
            if self.batches.values[index].since == nil {
                self.batches.values[index].since = now
                self.oldestPart = self.oldestPart ?? now
            }
        } else if !isRecorded {
            self.batches.values[index].isTorn = true
        }
        guard self.batches.values[index].left == 0 else { return }
        // The row goes with its last job, whoever recorded that job's end.
        self.unacknowledged += self.batches.values[index].ended.count
        self.oldest = self.oldest ?? now
    }

    public func flush(at now: Duration) -> Flush {
        let claims = self.want > 0 && !self.foundAll
        if claims, self.waiting == 0 || self.waiting < self.prefetch / 2 { return .now }
        if self.unacknowledged >= Self.fullFlush { return .now }
        guard let due = self.due else { return .idle }
        // Nothing else will come: there is nobody to wait for.
        if self.running == 0, self.waiting == 0 { return .now }
        return now >= due ? .now : .after(due - now)
    }

    /// When the first acknowledgement has waited long enough.
    private var due: Duration? {
        let (whole, part) = (self.oldest.map { $0 + Self.linger }, self.oldestPart.map { $0 + Self.batchLinger })
        guard let whole, let part else { return whole ?? part }
        return min(whole, part)
    }

    /// Takes what is to be acknowledged; give it back by ``failed(_:at:)`` when that came to nothing.
    ///
    /// - Parameter now: leaves jobs of batches that have not waited for the others long enough; nil takes all.
    public mutating func takeAcknowledgements(at now: Duration? = nil) -> Acknowledgements {
        var taken = Acknowledgements()
        taken.single = self.single
        taken.jobs = self.single
        let takesAll = now == nil || self.running == 0 && self.waiting == 0
        self.oldestPart = nil
        for (number, batch) in self.batches {
            let isOver = batch.left == 0
            if isOver, !batch.isTorn {
                taken.batches.append(number)
                self.batches[number] = nil
            } else {
                if let since = batch.since, let now, !takesAll, !isOver, now - since < Self.batchLinger {
                    self.oldestPart = min(self.oldestPart ?? since, since)
                    continue
                }
                taken.partly += batch.ended.map { (number, $0.id) }
                if batch.isTorn { taken.torn.insert(number) }
                self.batches[number]?.ended = []
                self.batches[number]?.since = nil
                if isOver { self.batches[number] = nil }
            }
            taken.jobs += batch.ended
        }
        taken.batches.sort()
        self.single = []
        self.oldest = nil
        self.unacknowledged = 0
        return taken
    }

    /// They could not be written; they are tried again.
    public mutating func failed(_ taken: Acknowledgements, at now: Duration) {
        self.single += taken.single
        for number in taken.batches { self.batches[number] = self.batches[number] ?? Batch() }
        for entry in taken.jobs {
            guard let batch = entry.batch else { continue }
            // Not taken whole, and gone meanwhile: it was torn since.
            let isGone = self.batches[batch] == nil
            self.batches[batch, default: Batch()].ended.append(entry)
            if isGone || taken.torn.contains(batch) { self.batches[batch]?.isTorn = true }
            self.batches[batch]?.since = now
        }
        self.unacknowledged += taken.jobs.count
        self.oldest = now
        if !taken.partly.isEmpty { self.oldestPart = self.oldestPart ?? now }
    }

    /// Leases of single jobs that wait, as the database knows them.
    public var waitingSingles: [Entry] { self.line[self.head...].filter { $0.batch == nil } }

    /// Single jobs that have ended and are not acknowledged.
    public var unacknowledgedSingles: [Entry] { self.single }

    /// Batches that the database still holds for this pool.
    public var openBatches: Set<Int64> { Set(self.batches.keys) }

    /// Forgets waiting jobs that belong to others now.
    public mutating func drop(_ ids: Set<Int64>) {
        self.line = self.line[self.head...].filter { !ids.contains($0.id) }
        self.head = 0
    }

    /// Takes all that waits out of the line.
    public mutating func giveBack() -> [Entry] {
        let waiting = Array(self.line[self.head...])
        self.line = []
        self.head = 0
        for entry in waiting {
            guard let batch = entry.batch else { continue }
            self.batches[batch]?.left -= 1
            // It may be acknowledged before they are back.
            self.batches[batch]?.isTorn = true
        }
        return waiting
    }
}
