public import JobLifecycle
import Logging
import Postgres
public import ServiceLifecycle

/// A process's worker: one pool for each queue, one heartbeat, one ear for notifications.
///
/// Runs until graceful shutdown, then drains: takes no more jobs, lets what runs end within the grace period, and gives
/// the rest back. Killed instead, it is noticed by its silence and its jobs go to others. It reaches the database by
/// connections of its own, one for each pool and a few for the heartbeat, so that handlers cannot keep it from living.
public struct Worker: Service, CustomStringConvertible {
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
        /// How long the history of ended jobs is kept.
        public var retention: Duration
        /// How much the threads of attempts give way to others of the machine, 0 to 19: an API beside them is to stay quick.
        public var niceness = 0

        public init(
            name: String, node: String = "", slots: [QueueName: Int], heartbeat: Duration = .seconds(1),
            silence: Duration = .seconds(4), grace: Duration = .seconds(20), retention: Duration = .seconds(14 * 86_400)
        ) {
            self.name = name
            self.node = node
            self.slots = slots
            self.heartbeat = heartbeat
            self.silence = silence
            self.grace = grace
            self.retention = retention
        }
    }

    /// Jobs leased ahead in a queue whose kinds are all leased in batches.
    static let prefetch = 500

    /// Services are logged by their description, and what handlers work with holds keys.
    public var description: String { "worker" }

    private let queue: JobQueue
    private let registry: JobRegistry
    private let configuration: Configuration

    public init(queue: JobQueue, registry: JobRegistry, configuration: Configuration) {
        self.queue = queue
        self.registry = registry
        self.configuration = configuration
    }

    public func run() async throws {
        var settings = self.queue.database.configuration
        settings.maxConnections = self.configuration.slots.count + 3
        settings.applicationName += " worker"
        settings.sessionSettings.merge(JobQueue.planSettings) { _, ours in ours }
        let database = Database(settings)
        let lane = JobQueue(database: database)
        do {
            var shutdown = false
            // Each round is one life. A worker that was given up for dead (frozen, or cut off from the database) stops
            // what it runs and begins another.
            while !shutdown, !Task.isCancelled { shutdown = try await self.live(on: lane) }
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    private func live(on lane: JobQueue) async throws -> Bool {
        var numbers: [QueueName: Int16] = [:]
        for queue in self.configuration.slots.keys { numbers[queue] = try await lane.number(of: queue) }
        try await lane.register(self.registry.schedules)
        let worker = try await lane.register(
            name: self.configuration.name, node: self.configuration.node, kinds: self.registry.kinds)
        Logger.current.notice("began to work", metadata: ["worker.id": "\(worker)"])
        let life = WorkerLife(
            worker, numbers: numbers, lane: lane, queue: self.queue, registry: self.registry,
            configuration: self.configuration)
        let shutdown = await life.run {
            try? await gracefulShutdown()
            return !Task.isCancelled
        }
        await life.close()
        return shutdown
    }
}
