import API
import Access
import Accounts
import Analytics
import AsyncHTTPClient
import BuildStore
import Content
import Digests
import Envelope
import Finance
import FoundationEssentials
import Games
import Hummingbird
import JobLifecycle
import JobQueue
import Logging
import NIOCore
import ObjectStore
import Platform
import Postgres
import ServiceLifecycle
import Storefront
import TestKit
import Threads
import Uploads

/// The whole API behind a real port, on a database and a store of its own.
struct APIHarness: Sendable {
    /// What the ingest of a version is here: a job that nobody runs.
    struct Ingest: Job {
        static let kind: JobKind = "ingest-build"
        static let policy = JobPolicy(queue: "ingest", retry: RetryPolicy(maxAttempts: 3), timeout: .seconds(60))

        let version: VersionID
    }

    /// What presigned URLs begin with, in place of the port that is not known yet.
    static let publicURL = "http://slipway.test"

    let services: APIServices
    let database: Database
    let issuer: DevelopmentIssuer
    let client: HTTPClient
    let port: Int
    /// Everything that was logged at debug level and above.
    let log: LogLines
    /// Asks the server to finish what it does and to stop.
    let stop: @Sendable () async -> Void

    /// Lends a running server.
    static func run(
        _ configure: @Sendable (inout APIServices) throws -> Void = { _ in },
        _ body: @Sendable (APIHarness) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "slipway-api-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let pool = ThreadPool(name: "api-test", threads: 4)
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 8))
            let issuer = try await DevelopmentIssuer(
                keyAt: Self.keyPath(in: directory), issuer: "test", audience: "slipway")
            var services = try await Self.services(database, issuer: issuer, store: directory.path, pool: pool)
            try configure(&services)
            let outcome = await Self.outcome { [services] in
                try await Self.serve(services, database: database, issuer: issuer, body)
            }
            await database.close()
            try outcome.get()
        }
    }

    private static func keyPath(in directory: URL) throws -> String {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        return directory.appending(path: "issuer.pem").path
    }

    private static func outcome(_ body: () async throws -> Void) async -> Result<Void, any Error> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }

    private static func services(
        _ database: Database, issuer: DevelopmentIssuer, store root: String, pool: ThreadPool
    ) async throws -> APIServices {
        let signer = URLSigner(key: [UInt8](repeating: 3, count: 32), publicBase: Self.publicURL)
        let store = try await FilesystemStore(
            root: root + "/store", durability: .unsafeForTests, signer: signer, pool: pool)
        let accounts = Accounts(database: database)
        let builds = BuildStore(database: database)
        let queue = JobQueue(database: database)
        let access = Access(
            tokens: TokenVerifier(
                policy: TokenPolicy(
                    issuer: "test", audience: "slipway", skew: .seconds(5), maximumAge: .seconds(86_400)),
                source: issuer.source),
            keys: APIKeys(database: database, pepper: [UInt8](repeating: 1, count: 32)), accounts: accounts,
            policy: RolePolicy(profile: .literal))
        let trusts = OIDCTrusts(
            database: database, keys: access.keys, issuers: ["test": issuer.source], audience: "slipway-ci")
        return APIServices(
            database: database, accounts: accounts, games: Games(database: database),
            finance: try Self.finance(database), analytics: Self.analytics(database, at: Self.nowhere),
            access: access, builds: builds,
            uploads: Uploads(database: database, builds: builds, store: store, policy: UploadPolicy()), queue: queue,
            store: store, storageSigner: signer,
            enqueueIngest: { version, transaction in
                try await queue.enqueue(
                    Ingest(version: version.id), scope: JobScope(id: version.id.uuid, developer: version.developer),
                    in: transaction
                ).rawValue
            },
            cancelBuild: { version in
                let failure = Failure(code: "cancelled", message: "cancelled", retryable: true)
                return try await database.transaction { transaction in
                    guard try await builds.fail(version, because: failure, in: transaction) else { return false }
                    try await queue.cancel(scope: version.uuid, except: nil, because: failure, in: transaction)
                    return true
                }
            },
            discardBuild: { _, _ in },
            manifestKeys: [try Ed25519.SigningKey(seed: [UInt8](repeating: 9, count: 32)).verifyingKey],
            tokenKeySet: issuer.keySet, publicURL: Self.publicURL,
            cursors: CursorCodec(key: [UInt8](repeating: 2, count: 32)), limits: APILimits(),
            shop: Self.shop(database, builds: builds, queue: queue),
            conventions: Self.conventions(database), trusts: trusts,
            invitations: InvitationTokens(secret: [UInt8](repeating: 5, count: 32)), directory: NoUserDirectory(),
            webhookSecrets: WebhookSecrets(secret: [UInt8](repeating: 6, count: 32)), allowsPrivateWebhooks: false,
            scanDocument: { _, _ in }, deliver: { _, _ in },
            renderMetrics: { Array("up 1\n".utf8) },
            checkReadiness: {
                [ReadinessCheck(name: "database", isHealthy: (try? await database.rows("SELECT 1")) != nil)]
            })
    }

    private static func conventions(_ database: Database) -> Conventions {
        let outbox = Outbox(database: database)
        return Conventions(
            audit: AuditLog(database: database),
            idempotency: IdempotencyStore(database: database, secret: [UInt8](repeating: 4, count: 32)),
            rates: RateLimiter(database: database, policies: .standard), trustedProxies: [],
            tell: { event, transaction in _ = try await outbox.put(event, in: transaction) })
    }

    private static func serve(
        _ services: APIServices, database: Database, issuer: DevelopmentIssuer,
        _ body: @Sendable (APIHarness) async throws -> Void
    ) async throws {
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let log = LogLines()
        let logger = Logger(label: "api-test", factory: { _ in log.handler })
        let application = Application(
            responder: APIRouter.make(services: services).buildResponder(),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { found.yield($0.localAddress?.port ?? 0) }, logger: logger)
        let group = ServiceGroup(configuration: .init(services: [application], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            guard let port = await ports.first(where: { _ in true }) else { return }
            let client = HTTPClient(eventLoopGroupProvider: .singleton)
            let harness = APIHarness(
                services: services, database: database, issuer: issuer, client: client, port: port, log: log,
                stop: { await group.triggerGracefulShutdown() })
            let outcome = await Self.outcome { try await body(harness) }
            try await client.shutdown()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try outcome.get()
        }
    }

    /// Where the server really is.
    func address(_ url: String) -> String {
        let base = "http://127.0.0.1:\(self.port)"
        return url.hasPrefix(Self.publicURL) ? base + url.dropFirst(Self.publicURL.count) : base + url
    }
}
