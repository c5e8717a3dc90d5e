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
    @Option(help: "Attempts at a time.") var slots = 100
    @Option(help: "Connections to the database.") var connections = 8

    func run() async throws {
        try await self.target.withDatabase(connections: self.connections) { database in
            var registry = JobRegistry()
            registry.register(NoopHandler())
            let worker = Worker(
                queue: JobQueue(database: database), registry: registry,
                configuration: Worker.Configuration(name: "bench", slots: [Noop.policy.queue: self.slots]))
            let group = ServiceGroup(
                services: [worker], gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "slipway-bench"))
            try await group.run()
        }
    }
}
