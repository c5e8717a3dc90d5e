import JobLifecycle
import Logging
import Metrics
import Postgres
import Synchronization

extension WorkerPool {
    /// What goes to the database in one round trip.
    private struct Errand {
        let taken: PoolMachine<LeasedJob>.Acknowledgements
        let reports: [ProgressReport]
        let claim: Claim?
        var ending: [SQL] = []
        var claiming: [SQL] = []

        /// By the transactions they stand in: all in one, or what ends before what claims.
        func groups(joined: Bool) -> [[SQL]] {
            (joined ? [self.ending + self.claiming] : [self.ending, self.claiming]).filter { !$0.isEmpty }
        }

        /// What came of the two parts.
        func parts(
            of answer: PipelineAnswer
        ) -> (ending: Result<[[Row]], PostgresError>, claiming: Result<[[Row]], PostgresError>) {
            if answer.groups.count == 2 { return (answer.groups[0], answer.groups[1]) }
            let all = answer.groups[0]
            return (
                all.map { Array($0.prefix(self.ending.count)) }, all.map { Array($0.dropFirst(self.ending.count)) }
            )
        }
    }

    func flush() async {
        let (taken, reports, claim, joined, isTimed) = self.state.withLock { state in
            let taken = state.machine.takeAcknowledgements(at: self.now)
            state.inFlight = taken
            state.isInFlight = true
            defer { state.reports = [] }
            let claim = self.nextClaim(&state)
            // What has ended does not wait for a claim that takes long.
            let joined = state.commits.joins && !(claim != nil && state.walk.isSlowSweep)
            return (taken, state.reports, claim, joined, state.commits.beginFlush())
        }
        let errand = self.errand(taken, reports, claim)
        let groups = errand.groups(joined: joined)
        guard !groups.isEmpty else { return self.state.withLock { $0.land() } }
        let began = Self.clock.now
        do {
            let answer = try await self.lane.database.withConnection { connection throws(PostgresError) in
                try await connection.pipeline(groups: groups, timesCommit: isTimed)
            }
            if let commit = answer.commit { self.state.withLock { $0.commits.learned(commit) } }
            let (ending, claiming) = errand.parts(of: answer)
            if case .success(let answers) = ending {
                self.state.withLock { $0.land() }
                try self.acknowledged(taken, answers.dropFirst(reports.isEmpty ? 0 : 1))
            }
            // What was leased is taken over whatever became of the rest.
            if let claim, case .success(let answers) = claiming, let rows = answers.last {
                try await self.claimed(rows, by: claim, cost: Self.clock.now - began)
            }
            _ = try (ending.get(), claiming.get())
        } catch {
            await self.failed(errand, error)
        }
    }

    private func errand(
        _ taken: PoolMachine<LeasedJob>.Acknowledgements, _ reports: [ProgressReport], _ claim: Claim?
    ) -> Errand {
        var errand = Errand(taken: taken, reports: reports, claim: claim)
        if let recording = JobQueue.recording(reports) { errand.ending.append(recording) }
        errand.ending += JobQueue.statements(Self.acknowledgement(of: taken), of: self.worker)
        if let claim {
            if claim.isLimited { errand.claiming.append(JobQueue.lock(self.number)) }
            errand.claiming.append(JobQueue.statement(claim, from: self.number, to: self.worker))
        }
        return errand
    }

    /// What was not written is tried again; what was is not in flight any more.
    private func failed(_ errand: Errand, _ error: PostgresError) async {
        Logger.current.warning(
            "could not reach the queue", metadata: ["queue.name": "\(self.name)", "error": "\(error)"])
        self.state.withLock { state in
            guard state.isInFlight else { return }
            if !errand.taken.isEmpty { state.machine.failed(errand.taken, at: self.now) }
            state.reports += errand.reports
            state.land()
        }
        try? await Task.sleep(for: .milliseconds(200))
    }

    func nextClaim(_ state: inout State) -> Claim? {
        let want = state.machine.want
        guard want > 0, !state.machine.foundAll else { return nil }
        state.claims += 1
        var claim = Claim(limit: want, leastUrgent: state.leastUrgent)
        claim.isLimited = state.isLimited
        // One more than it takes if they are like the latest, for those whose run has been begun.
        claim.rows = min(want, Int((Double(want) / state.jobsPerRow).rounded(.up)) + 1)
        claim.isAging = state.claims % Claim.agingPeriod == 0 && state.walk.mayAge(at: self.now)
        if !claim.isAging { claim.place = state.walk.place(at: self.now) }
        return claim
    }

    func claimed(_ answer: [Row], by claim: Claim, cost: Duration) async throws(PostgresError) {
        let jobs = try JobQueue.leased(answer, to: self.worker, from: self.number)
        // Of the line; a run of jobs is one.
        let rows = try answer.first?.integer(at: LeasedJob.rowsColumn) ?? 0
        let (foundAll, late) = self.state.withLock { state in
            // Fewer jobs in as many rows as were looked at are no sign that there are no more.
            let isFull = jobs.count >= claim.limit || Int(rows) >= claim.rows ?? claim.limit
            if rows > 0 { state.jobsPerRow = max(1, Double(jobs.count) / Double(rows)) }
            if claim.isAging {
                state.walk.learnedAging(cost: cost, at: self.now)
            } else {
                state.walk.learned(
                    first: jobs.first.map { ClaimPlace(priority: $0.priority, rank: $0.rank) }, isFull: isFull,
                    cost: cost,
                    at: self.now)
            }
            for job in jobs where job.key != nil { state.reached[job.priority] = job.rank }
            state.machine.claimed(
                jobs.map { PoolMachine.Entry(id: $0.id.rawValue, batch: $0.batch, job: $0) },
                asked: isFull ? jobs.count : claim.limit)
            if !isFull, claim.isAging || !state.walk.sawAll { state.machine.woken() }
            // Closed while it was claiming.
            return (state.machine.foundAll, state.machine.mode == .working ? [] : state.machine.giveBack())
        }
        await self.giveBack(late)
        guard foundAll else { return }
        // Who says that it sleeps looks once more: a job may have come before that was said.
        if await self.fallAsleep(self) { self.state.withLock { $0.machine.woken() } }
    }

    func acknowledged(
        _ taken: PoolMachine<LeasedJob>.Acknowledgements, _ answers: ArraySlice<[Row]>
    ) throws(PostgresError) {
        guard !taken.jobs.isEmpty else { return }
        var ended = 0
        for rows in answers { ended += Int(try rows.first?.decode("jobs", as: Int64.self) ?? 0) }
        guard ended < taken.jobs.count else { return }
        Counter(label: "slipway_jobs_fenced_total").increment(by: taken.jobs.count - ended)
        Logger.current.warning(
            "ended attempts whose leases were gone; nothing was recorded",
            metadata: ["queue.name": "\(self.name)", "jobs": "\(taken.jobs.count - ended)"])
    }

    static func acknowledgement(of taken: PoolMachine<LeasedJob>.Acknowledgements) -> Acknowledgement {
        var acknowledgement = Acknowledgement()
        acknowledgement.single = taken.single.map(\.job)
        acknowledgement.batches = taken.batches
        acknowledgement.partly = taken.partly.map { PartOfBatch(batch: $0.batch, id: $0.id) }
        acknowledgement.keyed = taken.jobs.map(\.job).filter { $0.batch != nil && $0.key != nil }
        return acknowledgement
    }

    func giveBack(_ entries: [PoolMachine<LeasedJob>.Entry]) async {
        guard !entries.isEmpty else { return }
        do {
            try await self.lane.giveBack(entries.map(\.job), from: self.worker)
        } catch {
            // The heartbeat finds that nobody works on them.
            Logger.current.warning("could not give jobs back", metadata: ["error": "\(error)"])
        }
    }
}
