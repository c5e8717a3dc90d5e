import JobLifecycle

/// What a worker does, by the same values as the real one.
extension Simulation {
    mutating func act(_ event: Event) {
        switch event {
        case .look(let index): self.look(index)
        case .beat(let index): self.beat(index)
        case .beaten(let index, let epoch, let began, let before, let answer):
            guard self.members[index].epoch == epoch else { return }
            self.beaten(index, began, before, answer)
        case .flushed(let index, let epoch, let taken, let jobs, let asked, let isLost):
            guard self.members[index].epoch == epoch else { return }
            self.flushed(index, taken, jobs, asked, isLost)
        case .ended(let index, let epoch, let entry): self.ended(index, epoch, entry)
        case .resume(let index, let epoch):
            guard self.members[index].epoch == epoch else { return }
            _ = self.members[index].machine.apply(mode: .working, slots: 2, prefetch: 2)
            self.look(index)
        case .tick, .trouble, .apply, .retry, .giveBack: break
        }
    }

    /// What the loop of a pool does.
    private mutating func look(_ index: Int) {
        let time = Duration.milliseconds(self.now)
        self.members[index].machine.mayClaim = self.members[index].gate.isOpen(at: time)
        while let entry = self.members[index].machine.start() {
            if entry.batch == nil { self.members[index].running.insert(Int(entry.id)) }
            let epoch = self.members[index].epoch
            self.schedule(.ended(index, epoch: epoch, entry), in: 1 + self.draw(120))
        }
        guard !self.members[index].isFlushing else { return }
        switch self.members[index].machine.flush(at: time) {
        case .idle: break
        case .after(let rest): self.schedule(.look(index), in: max(1, Int(rest / .milliseconds(1))))
        case .now:
            let asked = self.members[index].machine.foundAll ? 0 : self.members[index].machine.want
            let taken = self.members[index].machine.takeAcknowledgements(at: time)
            for entry in taken.single { self.members[index].flying.insert(Int(entry.id)) }
            self.members[index].isFlushing = true
            self.schedule(.apply(index, epoch: self.members[index].epoch, taken, asked: asked), in: 1 + self.draw(10))
        }
    }

    /// What the database does with a flush, unless the request is lost; the answer may be lost, too.
    mutating func apply(_ index: Int, _ epoch: Int, _ taken: PoolMachine<Int>.Acknowledgements, _ asked: Int) {
        var jobs: [SimulatedTables.Taken]?
        if !self.happens(oneIn: 20) {
            self.isChanged = true
            for entry in taken.single { self.tables.acknowledge(Int(entry.id), attempt: entry.job, worker: epoch) }
            for batch in taken.batches {
                var claimed = JobSet()
                for entry in taken.jobs where entry.batch == batch { claimed.insert(Int(entry.id)) }
                self.tables.acknowledge(batch: batch, claimed: claimed, worker: epoch)
            }
            for (batch, id) in taken.partly { self.tables.acknowledge(Int(id), in: batch, worker: epoch) }
            jobs = asked > 0 ? self.tables.claim(asked, worker: epoch) : []
        }
        let isLost = jobs == nil || self.happens(oneIn: 20)
        self.schedule(.flushed(index, epoch: epoch, taken, jobs, asked: asked, isLost: isLost), in: 1 + self.draw(10))
    }

    private mutating func flushed(
        _ index: Int, _ taken: PoolMachine<Int>.Acknowledgements, _ jobs: [SimulatedTables.Taken]?, _ asked: Int,
        _ isLost: Bool
    ) {
        self.members[index].isFlushing = false
        for entry in taken.single { self.members[index].flying.remove(Int(entry.id)) }
        if isLost {
            self.members[index].machine.failed(taken, at: .milliseconds(self.now))
        } else if asked > 0, let jobs {
            self.members[index].machine.claimed(
                jobs.map { PoolMachine.Entry(id: Int64($0.id), batch: $0.batch, job: $0.attempt) }, asked: asked)
            // Closed while it was claiming.
            if self.members[index].machine.mode != .working { self.returnWaiting(index) }
        }
        self.schedule(.look(index), in: isLost ? 20 : 0)
    }

    private mutating func ended(_ index: Int, _ epoch: Int, _ entry: PoolMachine<Int>.Entry) {
        let id = Int(entry.id)
        if self.happens(oneIn: 8) {
            // It failed, and had no effect. That is written by itself.
            return self.schedule(.retry(index, epoch: epoch, entry), in: 1 + self.draw(10))
        }
        // The effect on the world outside comes before the end is written, and comes from late workers, too.
        self.effects[id] = self.mutation.contains(.noKey) ? self.effects[id] + 1 : 1
        guard self.members[index].epoch == epoch else { return }
        self.members[index].running.remove(id)
        self.members[index].machine.ended(entry, acknowledge: true, at: .milliseconds(self.now))
        self.look(index)
    }

    /// An attempt that failed is written by itself; if that cannot be done, its lease stays until nobody works on it. The
    /// answer may be lost, too, and the worker then believes that nothing was written.
    mutating func retry(_ index: Int, _ epoch: Int, _ entry: PoolMachine<Int>.Entry) {
        let isWritten = !self.happens(oneIn: 10)
        if isWritten {
            self.isChanged = true
            self.tables.retry(Int(entry.id), attempt: entry.job, batch: entry.batch, worker: epoch)
        }
        guard self.members[index].epoch == epoch else { return }
        self.members[index].running.remove(Int(entry.id))
        self.members[index].machine.ended(
            entry, acknowledge: false,
            isRecorded: isWritten && !self.happens(oneIn: 20) || self.mutation.contains(.wholeBatches),
            at: .milliseconds(self.now))
        self.schedule(.look(index), in: 0)
    }

    /// An operator stops a pool for a while: what waits in it goes back.
    mutating func pause(_ index: Int) {
        let back = self.members[index].machine.apply(mode: .paused, slots: 2, prefetch: 2)
        let epoch = self.members[index].epoch
        self.schedule(.giveBack(index, epoch: epoch, back), in: 1 + self.draw(20))
        self.schedule(.resume(index, epoch: epoch), in: 50 + self.draw(200))
    }

    private mutating func returnWaiting(_ index: Int) {
        let back = self.members[index].machine.giveBack()
        self.schedule(.giveBack(index, epoch: self.members[index].epoch, back), in: 1 + self.draw(20))
    }

    mutating func giveBack(_ index: Int, _ epoch: Int, _ entries: [PoolMachine<Int>.Entry]) {
        guard !entries.isEmpty, !self.happens(oneIn: 10) else { return }
        self.isChanged = true
        for entry in entries {
            self.tables.giveBack(Int(entry.id), attempt: entry.job, batch: entry.batch, worker: epoch)
        }
    }

    private mutating func beat(_ index: Int) {
        let epoch = self.members[index].epoch
        if !self.happens(oneIn: 6) {
            let before = self.leases(of: index)
            let answer = self.tables.heartbeat(epoch, at: self.now)
            if !self.happens(oneIn: 10) {
                self.schedule(
                    .beaten(index, epoch: epoch, began: self.now, before: before, answer), in: 1 + self.draw(20))
            }
        }
        self.schedule(.beat(index), in: Self.period)
    }

    private mutating func beaten(
        _ index: Int, _ began: Int, _ before: JobSet, _ answer: (leases: JobSet, batches: [Int64])?
    ) {
        guard let answer else {
            // Given up for dead: another life begins, and nothing of this one counts.
            self.members[index] = self.newLife()
            return self.schedule(.look(index), in: 1)
        }
        self.members[index].gate.succeeded(began: .milliseconds(began))
        self.members[index].machine.woken()
        let lost = before.subtracting(answer.leases).subtracting(self.members[index].running)
        if !lost.isEmpty { self.members[index].machine.drop(Set(lost.map(Int64.init))) }
        self.takeBackOrphans(index, answer)
        self.look(index)
    }

    private mutating func takeBackOrphans(_ index: Int, _ answer: (leases: JobSet, batches: [Int64])) {
        let orphans = answer.leases.subtracting(self.leases(of: index))
        var lost = JobSet()
        for id in 1...Self.jobs {
            let beats = orphans.contains(id) ? self.members[index].orphans[id] + 1 : 0
            self.members[index].orphans[id] = beats
            if beats >= 3 { lost.insert(id) }
        }
        var batches: [Int64: Int] = [:]
        if !answer.batches.isEmpty {
            let open = self.members[index].machine.openBatches
            for batch in answer.batches where !open.contains(batch) {
                batches[batch] = (self.members[index].orphanedBatches[batch] ?? 0) + 1
            }
        }
        self.members[index].orphanedBatches = batches
        let lostBatches = batches.filter { $0.value >= 3 }.keys.sorted()
        guard !lost.isEmpty || !lostBatches.isEmpty else { return }
        self.isChanged = true
        self.tables.takeBack(lost, batches: lostBatches, worker: self.members[index].epoch)
    }

    /// Single jobs that this worker runs, has in its line, or is about to acknowledge or end.
    private func leases(of index: Int) -> JobSet {
        var ids = self.members[index].running
        ids.formUnion(self.members[index].flying)
        for entry in self.members[index].machine.waitingSingles { ids.insert(Int(entry.id)) }
        for entry in self.members[index].machine.unacknowledgedSingles { ids.insert(Int(entry.id)) }
        return ids
    }
}
