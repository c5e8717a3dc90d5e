import JobLifecycle
import Synchronization

extension WorkerPool {
    /// Leases of single jobs that run or wait here, or are about to be acknowledged.
    var leases: Set<LeaseKey> {
        self.state.withLock { state in
            let others = state.machine.waitingSingles + state.machine.unacknowledgedSingles + state.inFlight.single
            return Set(state.running.keys).union(
                others.map { LeaseKey(job: $0.job.id, attempt: $0.job.attempt) })
        }
    }

    var batches: Set<Int64> {
        self.state.withLock { $0.machine.openBatches.union($0.inFlight.batches) }
    }

    /// Stops attempts that are no longer this worker's.
    ///
    /// - Parameters:
    ///   - before: what ran and waited when the database was asked.
    ///   - held: what the database said.
    func cancel(_ before: Set<LeaseKey>, notIn held: Set<LeaseKey>) {
        let lost = before.subtracting(held)
        guard !lost.isEmpty else { return }
        let tasks = self.state.withLock { state in
            state.machine.drop(Set(lost.filter { state.running[$0] == nil }.map(\.job.rawValue)))
            return lost.compactMap { state.running[$0]?.task }
        }
        for task in tasks { task.cancel() }
    }

    /// Cancels jobs of batches that take too long.
    func cancelLate() {
        let (now, hands) = (self.now, self.state.withLock { Array($0.hands.values) })
        for hand in hands { hand.cancelLate(at: now) }
    }

    /// Progress that has changed since it was last asked for.
    func freshProgress() -> [ProgressReport] {
        self.state.withLock { state in
            state.running.values.compactMap { running in
                running.attempt.takeNews().map {
                    ProgressReport(job: running.job, progress: $0.progress, checkpoint: $0.checkpoint)
                }
            }
        }
    }

    /// How far its claims have come, by priority; what has not been told yet.
    func takeReached() -> [(queue: Int16, priority: Int16, rank: Int64)] {
        self.state.withLock { state in
            defer { state.reached = [:] }
            return state.reached.map { (self.number, Int16(clamping: $0.key), $0.value) }
        }
    }

    func takeStatistics() -> [JobKind: PoolStatistics.Counts] { self.state.withLock { $0.statistics.take() } }
}
