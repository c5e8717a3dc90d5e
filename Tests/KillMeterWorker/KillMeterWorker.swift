import ArgumentParser
import Foundation
import Glibc
import JobLifecycle
import JobQueue
import Logging
import Postgres
import ServiceLifecycle
import UnixSignals

/// The process that the kill meter kills: the real worker, with a handler that says where it is.
@main
struct KillMeterWorker: AsyncParsableCommand {
    @Option var database: String
    /// Where the outside world is: a directory with one entry for each effect on it.
    @Option var outside: String
    @Option var mutant = Mutant.none
    @Option var slots = 8
    /// How long it stays in each phase, in milliseconds.
    @Option var dwell = 15

    func run() async throws {
        // Does not outlive the meter: the pipe closes when that ends, however it ends.
        Thread.detachNewThread {
            _ = FileHandle.standardInput.readDataToEndOfFile()
            Glibc.exit(1)
        }
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        // As it is in production: what a frozen process keeps locked, the leader of the others sets free.
        let database = Database(DatabaseConfiguration(url: self.database, maxConnections: self.slots + 4))
        var registry = JobRegistry()
        registry.register(self.handler(of: Measured.self, database))
        registry.register(self.handler(of: MeasuredInBatch.self, database))
        let worker = Worker(
            queue: JobQueue(database: database), registry: registry,
            configuration: Worker.Configuration(
                name: "kill-meter", slots: [Measured.policy.queue: self.slots], heartbeat: .milliseconds(100),
                silence: .milliseconds(600), grace: .seconds(5)))
        let group = ServiceGroup(
            services: [worker], gracefulShutdownSignals: [.sigterm], logger: Logger(label: "kill-meter"))
        try await group.run()
        await database.close()
    }

    private func handler<Work: Measurable>(of type: Work.Type, _ database: Database) -> MeasuredHandler<Work> {
        MeasuredHandler(
            database: database, outside: self.outside, mutant: self.mutant, dwell: .milliseconds(self.dwell))
    }
}

/// What is broken on purpose, so that the meter can show that it would notice. None of it is in the product.
enum Mutant: String, ExpressibleByArgument {
    case none
    /// Records its effect by itself, whether or not it still holds the job.
    case unfenced
    /// Has its effect on the outside world under a new name each time.
    case unkeyed
    /// Ends the job first and does the work afterwards.
    case hasty
}
