import Access
import Accounts
import ArgumentParser
import ClamAV
import Content
import Digests
import EmbeddedPostgres
import Foundation
import Logging
import Migrations
import Postgres
import ServiceLifecycle
import Storefront
import Telemetry
import UnixSignals

/// Everything in one process, on a private PostgreSQL cluster and a directory.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Runs everything on this machine: database, store, API, workers.",
        discussion: """
            Makes a private PostgreSQL cluster, a store and keys under DIR, or goes on with those that are there, however
            the last run ended. Writes DIR/dev.json for the other commands. Ctrl-C stops all of it.

            Example: slipway up --data ./data --port 8080
            """)

    @Option(help: "The directory for everything that is kept.") var data = "./slipway-data"
    @Option(help: "The port to listen on, on 127.0.0.1.") var port = 8080
    @Flag(
        inversion: .prefixedNo, help: "Comes with the other services of the platform in small, on a port of their own.")
    var platform = true

    func run() async throws {
        let metrics = Observability.start()
        let directory = URL(filePath: self.data).standardizedFileURL.path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Self.requireFree(port: self.port)
        let postgres = EmbeddedPostgres(directory: "\(directory)/postgres", settings: EmbeddedPostgresSettings())
        let url = try await postgres.start()
        do {
            try await self.serve(directory: directory, database: url, metrics: metrics)
        } catch {
            await postgres.stop()
            throw error
        }
        await postgres.stop()
    }

    private func serve(directory: String, database: String, metrics: PrometheusRegistry) async throws {
        var settings = try Settings(
            reading: .slipway,
            home: DevelopmentHome(databaseURL: database, directory: directory, port: self.port))
        let services = self.platform ? try SmallPlatform.adopt(by: &settings) : nil
        let secrets = try Secrets.load(from: settings.keysDirectory)
        let engine = try await Engine(settings: settings, secrets: secrets)
        // Connections of their own, so that no amount of work keeps the API from its database.
        let workshop = try await Engine(settings: settings, secrets: secrets)
        try await engine.storeConnection.verify()
        try await Migrator(engine.database).migrate()
        let issuer = try await DevelopmentIssuer(
            keyAt: "\(settings.keysDirectory)/issuer.json", issuer: settings.tokens.issuer,
            audience: settings.tokens.audience)
        let company = try await DevelopmentCompany.ensure(in: engine.database)
        let scanner = try await workshop.startScanner()
        let scan = await scanner.engine
        if scan.isBundledSet {
            Logger.current.warning(
                """
                no ClamAV signatures in \(settings.signatureDirectory): scanning with a few bundled test signatures only; \
                verdicts say so. Run freshclam, or set SLIPWAY_SIGNATURES.
                """)
        }
        let file = DevelopmentFile(
            url: settings.publicURL,
            token: try issuer.mint(
                user: company.user, developer: company.developer, lifetime: .seconds(30 * 86_400), now: Date()),
            operatorToken: try issuer.mint(
                user: company.user, developer: nil, platformRoles: [.operator], lifetime: .seconds(30 * 86_400),
                now: Date()),
            serviceToken: try issuer.mint(
                service: "development", permissions: ServicePermission.allCases, lifetime: .seconds(30 * 86_400),
                now: Date()),
            developerID: company.developer, manifestKey: secrets.manifestKey.verifyingKey,
            databaseURL: settings.databaseURL, platformURL: services?.url)
        try file.write(to: "\(directory)/dev.json")
        let api = engine.makeAPI(tokens: issuer.source, tokenKeySet: issuer.keySet, metrics: metrics)
        let group = ServiceGroup(
            services: [
                try workshop.makeWorker(scanner: scanner), Maintenance(engine: workshop),
                workshop.makeSignatureWatch(scanner), api,
            ]
                + (services.map { [$0.makeService(issuer: issuer, client: engine.http, apiURL: settings.publicURL)] }
                    ?? []),
            gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "slipway"))
        Logger.current.notice("is up at \(settings.publicURL); credentials are in \(directory)/dev.json")
        try await group.run()
        await scanner.shutdown()
        await workshop.close()
        await engine.close()
    }

    /// Says so at once when the port is taken, not after everything else has started.
    private static func requireFree(port: Int) throws {
        guard (1...65_535).contains(port) else { throw ValidationError("a port is a number from 1 to 65535") }
        guard PortProbe.isFree(port) else {
            throw ValidationError(
                "port \(port) of 127.0.0.1 is in use; stop what listens there, or choose another with --port")
        }
    }
}
