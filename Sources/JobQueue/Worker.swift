public import JobLifecycle
import Logging
import Postgres
public import ServiceLifecycle

/// A process's worker: one pool for each queue, one heartbeat, one ear for notifications.
///
/// Runs until graceful shutdown, then drains: takes no more jobs, lets what runs end within the grace period, and gives
/// the rest back. Killed instead, it is noticed by its silence and its jobs go to others.
public struct Worker: Service {
    /// How a worker behaves.
    public struct Configuration: Sendable {
        /// What operators see; need not be unique.
        public var name: String
        /// The machine, by which operators set its pools apart; at most 128 characters.
        public var node: String
        /// Slots for each queue that is to be served; an operator's setting in the database goes before.
        public var slots: [QueueName: Int]
        /// Between two signs of life.
        public var heartbeat: Duration
        /// A worker silent for longer is given up. At least three heartbeats.
        public var silence: Duration
        /// How long attempts may go on after shutdown was asked for.
        public var grace: Duration

        public init(
            name: String, node: String = "", slots: [QueueName: Int], heartbeat: Duration = .seconds(1),
            silence: Duration = .seconds(4),
            grace: Duration = .seconds(20)
        ) {
            self.name = name
            self.node = node
            self.slots = slots
            self.heartbeat = heartbeat
            self.silence = silence
            self.grace = grace
        }
    }

    private let queue: JobQueue
    private let registry: JobRegistry
    private let configuration: Configuration

    public init(queue: JobQueue, registry: JobRegistry, configuration: Configuration) {
        self.queue = queue
        self.registry = registry
        self.configuration = configuration
    }

    public func run() async throws {
        var shutdown = false
        // Each round is one life. A worker that was given up for dead (frozen, or cut off from the database) stops what it
        // runs and begins another.
        while !shutdown, !Task.isCancelled {
            let worker = try await self.register()
            shutdown = await self.live(as: worker)
        }
    }

    private func register() async throws -> WorkerID {
        for queue in self.configuration.slots.keys { _ = try await self.queue.number(of: queue) }
        let worker = try await self.queue.register(
            name: self.configuration.name, node: self.configuration.node, kinds: self.registry.kinds)
        Logger.current.notice("began to work", metadata: ["worker.id": "\(worker)"])
        return worker
    }

    /// - Returns: true when shutdown was asked for, false when the worker was given up for dead.
    private func live(as worker: WorkerID) async -> Bool {
        let pools = self.configuration.slots.map { name, slots in
            WorkerPool(name: name, slots: slots, queue: self.queue, registry: self.registry)
        }
        defer { for pool in pools { pool.shutdown() } }
        let shutdown = await withTaskGroup(of: Bool?.self) { group in
            group.addTask {
                await withTaskGroup(of: Void.self) { running in
                    for pool in pools { running.addTask { await pool.run(as: worker) } }
                }
                return nil
            }
            group.addTask { await self.listen(for: pools) }
            group.addTask { await self.beat(as: worker, pools: pools) }
            group.addTask {
                try? await gracefulShutdown()
                return Task.isCancelled ? nil : true
            }
            for pool in pools { pool.wake() }
            var answer = false
            for await end in group {
                guard let end else { continue }
                answer = end
                break
            }
            for pool in pools { pool.drain() }
            if answer { await self.waitForDrain(of: pools) }
            for pool in pools { pool.stop() }
            group.cancelAll()
            await group.waitForAll()
            return answer
        }
        do {
            try await self.queue.deregister(worker)
        } catch {
            Logger.current.warning("could not deregister", metadata: ["error": "\(error)"])
        }
        return shutdown
    }

    private func waitForDrain(of pools: [WorkerPool]) async {
        let clock = ContinuousClock()
        let end = clock.now + self.configuration.grace
        while clock.now < end, pools.contains(where: { !$0.running.isEmpty }) {
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    private func listen(for pools: [WorkerPool]) async -> Bool? {
        for await wakeUp in self.queue.wakeUps() {
            for pool in pools where wakeUp == .queue(pool.name) || wakeUp == .everything { pool.wake() }
        }
        return nil
    }

    /// - Returns: false when this worker was given up for dead, nil when cancelled.
    private func beat(as worker: WorkerID, pools: [WorkerPool]) async -> Bool? {
        while !Task.isCancelled {
            do {
                let before = pools.map(\.running)
                try await self.queue.record(pools.flatMap { $0.freshProgress() })
                let sleeping = pools.filter(\.hasFreeSlot).map(\.name)
                guard let answer = try await self.queue.heartbeat(worker, sleeping: sleeping) else {
                    Logger.current.error("was given up for dead; stopping all attempts")
                    return false
                }
                for (pool, before) in zip(pools, before) {
                    pool.cancel(before, notIn: answer.leases)
                    pool.resize(to: answer.pools[pool.name]?.slots ?? self.configuration.slots[pool.name] ?? 1)
                }
                try await self.queue.promoteDue()
                if try await self.queue.rescue(silentFor: self.configuration.silence) > 0 {
                    Logger.current.warning("rescued the jobs of a silent worker")
                }
                // The net under notifications: whatever was missed is found now.
                for pool in pools { pool.wake() }
            } catch {
                Logger.current.warning("missed a heartbeat", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: self.configuration.heartbeat)
        }
        return nil
    }
}
