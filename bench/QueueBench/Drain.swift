import ArgumentParser
import JobLifecycle
import JobQueue
import Logging
import Postgres
import ServiceLifecycle
import UnixSignals

/// Works until it is told to stop.
struct Drain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs the worker; SIGTERM ends it.")

    @OptionGroup var target: Target
    @Option(help: "Attempts at a time.") var slots = 2
    @Option(help: "Jobs leased ahead of a free slot; half as many and more are claimed at once, at most 1000.")
    var prefetch = 2000

    func run() async throws {
        try await self.target.withDatabase(connections: 4) { database in
            let queue = JobQueue(database: database)
            _ = try await queue.number(of: Noop.policy.queue)
            try await queue.change(
                poolsOf: Noop.policy.queue, on: nil, PoolChange(prefetch: .set(self.prefetch)), by: "bench")
            var registry = JobRegistry()
            registry.register(NoopHandler())
            let worker = Worker(
                queue: queue, registry: registry,
                configuration: Worker.Configuration(name: "bench", slots: [Noop.policy.queue: self.slots]))
            let group = ServiceGroup(
                services: [worker], gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "slipway-bench"))
            try await group.run()
        }
    }
}
