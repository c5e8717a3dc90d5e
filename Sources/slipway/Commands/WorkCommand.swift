import ArgumentParser
import ClamAV
import Configuration
import Logging
import ServiceLifecycle
import UnixSignals

/// Worker pools alone.
struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work",
        abstract: "Runs jobs.",
        discussion: """
            Configured by the environment; `slipway doctor --help` lists the variables. Any number of processes may work
            for one database and one store; those that share a staging directory share the work on a build. SIGTERM
            drains: what runs may end, what does not end in time is given back.

            Example: SLIPWAY_DATABASE_URL=postgresql://… SLIPWAY_SLOTS=scan=4,patch=1 slipway work
            """)

    func run() async throws {
        _ = Observability.start()
        let settings = try Settings(reading: .slipway)
        let engine = try await Engine(settings: settings, secrets: try Secrets.load(from: settings.keysDirectory))
        try await engine.storeConnection.verify()
        let scanner = try await engine.startScanner()
        let group = ServiceGroup(
            services: [
                try engine.makeWorker(scanner: scanner), Maintenance(engine: engine),
                engine.makeSignatureWatch(scanner),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "slipway"))
        try await group.run()
        await scanner.shutdown()
        await engine.close()
    }
}
