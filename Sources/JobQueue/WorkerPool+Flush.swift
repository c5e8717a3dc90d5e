import JobLifecycle
import Logging
import Metrics
import Postgres
import Synchronization

extension WorkerPool {
    func flush() async {
        let (taken, reports, claim) = self.state.withLock { state in
            let taken = state.machine.takeAcknowledgements()
            state.inFlight = taken
            defer { state.reports = [] }
            return (taken, state.reports, self.nextClaim(&state))
        }
        var statements = JobQueue.statements(Self.acknowledgement(of: taken), of: self.worker)
        let acknowledging = statements.count
        if let recording = JobQueue.recording(reports) { statements.insert(recording, at: 0) }
        if let claim {
            if claim.isLimited { statements.append(JobQueue.lock(self.number)) }
            statements.append(JobQueue.statement(claim, from: self.number, to: self.worker))
        }
        guard !statements.isEmpty else { return }
        let asked = statements
        let began = Self.clock.now
        do {
            let answers = try await self.lane.database.withConnection { connection throws(PostgresError) in
                try await connection.pipeline(asked)
            }
            self.state.withLock { $0.inFlight = .init() }
            let first = reports.isEmpty ? 0 : 1
            try self.acknowledged(taken, answers[first..<first + acknowledging])
            guard let claim, let rows = answers.last else { return }
            let jobs = try rows.map { row throws(PostgresError) in
                try LeasedJob(row, worker: self.worker, queue: self.number)
            }
            await self.claimed(jobs, by: claim, cost: Self.clock.now - began)
        } catch {
            Logger.current.warning(
                "could not reach the queue", metadata: ["queue.name": "\(self.name)", "error": "\(error)"])
            self.state.withLock { state in
                state.inFlight = .init()
                if !taken.isEmpty { state.machine.failed(taken, at: self.now) }
                state.reports += reports
            }
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    func nextClaim(_ state: inout State) -> Claim? {
        let want = state.machine.want
        guard want > 0, !state.machine.foundAll else { return nil }
        state.claims += 1
        var claim = Claim(limit: want, leastUrgent: state.leastUrgent)
        claim.isLimited = state.isLimited
        claim.isAging = state.claims % Claim.agingPeriod == 0
        if !claim.isAging { claim.place = state.walk.place(at: self.now) }
        return claim
    }

    func claimed(_ jobs: [LeasedJob], by claim: Claim, cost: Duration) async {
        let (foundAll, late) = self.state.withLock { state in
            let isFull = jobs.count >= claim.limit
            if !claim.isAging {
                state.walk.learned(
                    first: jobs.first.map { ClaimPlace(priority: $0.priority, rank: $0.rank) }, isFull: isFull,
                    cost: cost,
                    at: self.now)
            }
            for job in jobs where job.key != nil { state.reached[job.priority] = job.rank }
            state.machine.claimed(
                jobs.map { PoolMachine.Entry(id: $0.id.rawValue, batch: $0.batch, job: $0) }, asked: claim.limit)
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
