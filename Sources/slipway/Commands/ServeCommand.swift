import Access
import ArgumentParser
import Configuration
import Logging
import Metrics
import ServiceLifecycle
import UnixSignals

/// The REST facade alone.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves the REST API.",
        discussion: """
            Configured by the environment; `slipway doctor --help` lists the variables. Any number of processes may serve
            one database and one store.

            Example: SLIPWAY_DATABASE_URL=postgresql://… SLIPWAY_JWKS_URL=https://… slipway serve
            """)

    func run() async throws {
        let metrics = Observability.start()
        let settings = try Settings(reading: .slipway)
        let secrets = try Secrets.load(from: settings.keysDirectory)
        guard let url = settings.tokens.jwksURL else { throw SettingsError.missing("SLIPWAY_JWKS_URL") }
        let engine = try await Engine(settings: settings, secrets: secrets)
        try await engine.storeConnection.verify()
        let api = engine.makeAPI(
            tokens: JWKSource.url(url, client: engine.http, timeout: .seconds(5)), tokenKeySet: nil, metrics: metrics)
        let group = ServiceGroup(
            services: [api, Maintenance(engine: engine)], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "slipway"))
        try await group.run()
        await engine.close()
    }
}
