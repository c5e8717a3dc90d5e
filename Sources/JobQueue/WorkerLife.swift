import JobLifecycle
import Logging
import Postgres
import Synchronization

/// One life of a worker: from its registration until it is given up for dead, or shut down.
final class WorkerLife: Sendable {
    let worker: WorkerID
    let pools: [WorkerPool]
    private let lane: JobQueue
    private let configuration: Worker.Configuration
    private let defaults: [QueueName: PoolSettings]
    private let duties: LeaderDuties
    private let board: SleepBoard
    private let beats: AsyncStream<Void>
    private let nextBeat: AsyncStream<Void>.Continuation
    private let state: Mutex<State>
    private static let clock = ContinuousClock()
    private let origin = WorkerLife.clock.now

    private struct State {
        var gate: HeartbeatGate
        var isLeader = false
        /// Leases that nobody here works on, and for how many heartbeats.
        var orphans: [LeaseKey: Int] = [:]
        var orphanedBatches: [Int64: Int] = [:]
        var beats = 0
        /// Since when pools have been draining at an operator's wish.
        var draining: [QueueName: Duration] = [:]
        var latestStatistics = Duration.zero
        var tuning = PoolTuning()
    }

    private var now: Duration { Self.clock.now - self.origin }

    init(
        _ worker: WorkerID, numbers: [QueueName: Int16], lane: JobQueue, queue: JobQueue, registry: JobRegistry,
        configuration: Worker.Configuration
    ) {
        self.worker = worker
        self.lane = lane
        self.configuration = configuration
        let board = SleepBoard()
        self.board = board
        var defaults: [QueueName: PoolSettings] = [:]
        for (name, slots) in configuration.slots {
            defaults[name] = PoolSettings(
                mode: .working, slots: slots, prefetch: registry.isBatched(name) ? Worker.prefetch : 0)
        }
        self.defaults = defaults
        self.pools = numbers.sorted { $0.key.rawValue < $1.key.rawValue }.map { name, number in
            WorkerPool(
                name: name, number: number, worker: worker, slots: configuration.slots[name] ?? 1,
                prefetch: defaults[name]?.prefetch ?? 0, niceness: configuration.niceness, lane: lane, queue: queue,
                registry: registry,
                fallAsleep: { pool in await Self.say(pool, sleepsOn: board, lane) })
        }
        self.duties = LeaderDuties(
            queue: lane, schedules: registry.schedules, silence: configuration.silence,
            retention: configuration.retention)
        (self.beats, self.nextBeat) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.state = Mutex(State(gate: HeartbeatGate(period: configuration.heartbeat, at: .zero)))
    }

    private static func say(_ pool: WorkerPool, sleepsOn board: SleepBoard, _ lane: JobQueue) async -> Bool {
        guard board.add(pool.number) else { return false }
        do {
            try await lane.sleep(pool.worker, on: board.queues.sorted())
            return true
        } catch {
            board.remove(pool.number)
            return false
        }
    }

    /// - Returns: true when shutdown was asked for, false when the worker was given up for dead.
    func run(shutdown: @escaping @Sendable () async -> Bool) async -> Bool {
        defer { for pool in self.pools { pool.shutdown() } }
        return await withTaskGroup(of: Bool?.self) { group in
            group.addTask {
                await withTaskGroup(of: Void.self) { running in
                    for pool in self.pools { running.addTask { await pool.run() } }
                }
                return nil
            }
            group.addTask { await self.listen() }
            group.addTask { await self.tick() }
            group.addTask { await self.beat() }
            group.addTask { await self.lead() }
            group.addTask { await shutdown() ? true : nil }
            for pool in self.pools { pool.wake() }
            var answer = false
            for await end in group {
                guard let end else { continue }
                answer = end
                break
            }
            for pool in self.pools { await pool.drain() }
            if answer { await self.waitForPools(self.configuration.grace) }
            for pool in self.pools { pool.stop() }
            // What has ended is still to be written.
            await self.waitForPools(.seconds(5))
            group.cancelAll()
            await group.waitForAll()
            return answer
        }
    }

    private func waitForPools(_ patience: Duration) async {
        let end = Self.clock.now + patience
        while Self.clock.now < end, self.pools.contains(where: { !$0.isOver }) {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    private func listen() async -> Bool? {
        for await wakeUp in self.lane.wakeUps() {
            if wakeUp == .settings { self.nextBeat.yield() }
            for pool in self.pools where wakeUp == .queue(pool.name) || wakeUp == .everything { pool.wake() }
        }
        return nil
    }

    private func tick() async -> Bool? {
        while !Task.isCancelled {
            self.nextBeat.yield()
            try? await Task.sleep(for: self.configuration.heartbeat)
            let isOpen = self.state.withLock { $0.gate.isOpen(at: self.now) }
            for pool in self.pools { pool.setOpen(isOpen) }
        }
        return nil
    }

    private func lead() async -> Bool? {
        var round = 0
        while !Task.isCancelled {
            let (isLeader, mayRescue) = self.state.withLock { state in
                (
                    state.isLeader && state.gate.isOpen(at: self.now),
                    state.gate.mayRescue(silence: self.configuration.silence, at: self.now)
                )
            }
            if isLeader {
                await self.duties.run(round: round, mayRescue: mayRescue)
                round += 1
            }
            try? await Task.sleep(for: min(LeaderDuties.tick, self.configuration.heartbeat))
        }
        return nil
    }

    /// - Returns: false when this worker was given up for dead, nil when cancelled.
    private func beat() async -> Bool? {
        for await _ in self.beats {
            if Task.isCancelled { break }
            do {
                guard try await self.beatOnce() else {
                    Logger.current.error("was given up for dead; stopping all attempts")
                    return false
                }
            } catch {
                Logger.current.warning("missed a heartbeat", metadata: ["error": "\(error)"])
            }
        }
        return nil
    }

    /// - Returns: false when this worker was given up for dead.
    private func beatOnce() async throws -> Bool {
        let began = self.now
        let before = self.pools.map(\.leases)
        let sleeping = self.pools.filter(\.isHungry)
        let loads = Dictionary(uniqueKeysWithValues: self.pools.map { ($0.name, $0.load) })
        let answer = try await self.lane.heartbeat(
            self.worker, sleeping: sleeping.map(\.name), pools: loads,
            leadership: max(self.configuration.heartbeat * 2.5, .milliseconds(500)))
        guard let answer else { return false }
        let said = Set(sleeping.map(\.number))
        self.board.replace(by: said)
        self.state.withLock { state in
            state.gate.succeeded(began: began)
            state.isLeader = answer.isLeader
            state.beats += 1
        }
        for (pool, before) in zip(self.pools, before) {
            pool.cancel(before, notIn: answer.leases)
            pool.cancelLate()
            let changed = await pool.apply(
                answer.pools[pool.name] ?? PoolSettings(), isLimited: answer.limited.contains(pool.name),
                defaults: self.defaults[pool.name] ?? PoolSettings())
            pool.setOpen(true)
            // Whoever changed it sees so with the next heartbeat, which need not wait.
            if changed { self.nextBeat.yield() }
            // The net under notifications: whatever was missed is found now. Also where the heartbeat has just
            // overwritten what a pool said of its sleep.
            pool.wake()
        }
        self.stopDrained()
        await self.attempt("write progress") { try await self.lane.record(self.pools.flatMap { $0.freshProgress() }) }
        await self.attempt("tell how far claims are") {
            try await self.lane.tellReached(self.pools.flatMap { $0.takeReached() })
        }
        await self.takeBackOrphans(answer)
        await self.addStatistics()
        await self.tune(answer, loads)
        return true
    }

    /// Draining at an operator's wish ends, like that at shutdown, with the grace period.
    private func stopDrained() {
        let now = self.now
        let over = self.state.withLock { state in
            self.pools.filter { pool in
                guard pool.load.mode == .draining else {
                    state.draining[pool.name] = nil
                    return false
                }
                let since = state.draining[pool.name] ?? now
                state.draining[pool.name] = since
                return now - since >= self.configuration.grace
            }
        }
        for pool in over { pool.stop() }
    }

    /// Gives back what the database thinks is held here for the third time, and nobody here works on: the answer to a
    /// claim was lost, or an end could not be written.
    private func takeBackOrphans(_ answer: HeartbeatAnswer) async {
        let known = self.pools.reduce(into: Set<LeaseKey>()) { $0.formUnion($1.leases) }
        let batches = self.pools.reduce(into: Set<Int64>()) { $0.formUnion($1.batches) }
        let (leases, lost) = self.state.withLock { state in
            let orphans = answer.leases.subtracting(known)
            state.orphans = Dictionary(uniqueKeysWithValues: orphans.map { ($0, (state.orphans[$0] ?? 0) + 1) })
            let orphaned = answer.batches.subtracting(batches)
            state.orphanedBatches = Dictionary(
                uniqueKeysWithValues: orphaned.map { ($0, (state.orphanedBatches[$0] ?? 0) + 1) })
            return (
                state.orphans.filter { $0.value >= 3 }.map(\.key),
                state.orphanedBatches.filter { $0.value >= 3 }.map(\.key)
            )
        }
        guard !leases.isEmpty || !lost.isEmpty else { return }
        await self.attempt("take back lost leases") {
            try await self.lane.takeBack(leases, batches: lost, from: self.worker)
            Logger.current.warning(
                "took back leases that nobody worked on",
                metadata: ["leases": "\(leases.count)", "batches": "\(lost.count)"])
        }
    }

    private func addStatistics() async {
        let now = self.now
        let isDue = self.state.withLock { state in
            guard now - state.latestStatistics >= self.configuration.heartbeat * 10 else { return false }
            state.latestStatistics = now
            return true
        }
        guard isDue else { return }
        await self.attempt("add statistics") {
            try await self.lane.add(self.pools.map { ($0.name, $0.takeStatistics()) }, of: self.worker)
        }
    }

    private func tune(_ answer: HeartbeatAnswer, _ loads: [QueueName: PoolLoad]) async {
        let bounds = answer.pools.compactMapValues(\.tuning)
        guard !bounds.isEmpty else { return }
        let isDue = self.state.withLock { $0.tuning.sample(loads) }
        guard isDue else { return }
        await self.attempt("tune pools") {
            let lags = try await self.lane.lags(of: Array(bounds.keys))
            let moves = self.state.withLock { state in
                state.tuning.moves(loads, bounds: bounds, lags: lags, at: self.now)
            }
            for move in moves {
                Logger.current.notice(
                    "moved slots",
                    metadata: ["queue.name": "\(move.queue)", "to": "\(move.to)", "reason": "\(move.reason)"])
                try await self.lane.carryOut(move, on: self.configuration.node)
            }
        }
    }

    private func attempt(_ what: String, _ work: () async throws -> Void) async {
        do {
            try await work()
        } catch {
            Logger.current.warning("could not \(what)", metadata: ["error": "\(error)"])
        }
    }

    /// After the pools have ended: the last sums, and the end of this life.
    func close() async {
        await self.attempt("add statistics") {
            try await self.lane.add(self.pools.map { ($0.name, $0.takeStatistics()) }, of: self.worker)
        }
        await self.attempt("deregister") { try await self.lane.deregister(self.worker) }
    }
}
