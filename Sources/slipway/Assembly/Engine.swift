import Access
import Accounts
import Analytics
import Archives
import AsyncHTTPClient
import BuildStore
import ClamAV
import Content
import Finance
import Foundation
import Games
import JobLifecycle
import JobQueue
import Jobs
import ObjectStore
import Patching
import Platform
import Postgres
import Staging
import Storefront
import Threads
import Uploads

/// The parts that every role of the program shares, wired.
struct Engine: Sendable {
    let settings: Settings
    let secrets: Secrets
    let database: Database
    let queue: JobQueue
    let builds: BuildStore
    let store: any ObjectStore
    let storageSigner: URLSigner?
    let uploads: Uploads
    let events: Events
    let pipeline: BuildPipeline
    /// For whoever is not the object store; follows no redirects.
    let http: HTTPClient
    let money: MoneyServices
    let keptAnswers: IdempotencyStore
    let rates: RateLimiter
    let invitations: InvitationTokens
    let webhookSecrets: WebhookSecrets

    init(settings: Settings, secrets: Secrets) async throws {
        self.settings = settings
        self.secrets = secrets
        self.http = try ServiceTransport.makeClient(settings.services.identity)
        self.database = Database(
            DatabaseConfiguration(url: settings.databaseURL, maxConnections: settings.databaseConnections))
        self.queue = JobQueue(database: self.database)
        self.builds = BuildStore(database: self.database)
        self.keptAnswers = IdempotencyStore(database: self.database, secret: secrets.cursor)
        self.invitations = InvitationTokens(secret: secrets.pepper)
        self.webhookSecrets = WebhookSecrets(secret: secrets.pepper)
        self.rates = RateLimiter(database: self.database, policies: settings.rates)
        if case .directory = settings.store {
            self.storageSigner = URLSigner(key: secrets.storage, publicBase: settings.publicURL)
        } else {
            self.storageSigner = nil
        }
        self.store = try await Self.makeStore(settings.store, signer: self.storageSigner)
        var policy = UploadPolicy()
        policy.maximumSize = settings.maximumBuild
        self.uploads = Uploads(database: self.database, builds: self.builds, store: self.store, policy: policy)
        self.events = Events(outbox: Outbox(database: self.database), queue: self.queue)
        self.pipeline = BuildPipeline(builds: self.builds, queue: self.queue, events: self.events)
        self.money = Self.makeMoney(
            settings, keys: secrets.envelopes, database: self.database, queue: self.queue, events: self.events,
            http: self.http)
    }

    /// - Parameter signer: for presigned requests of the filesystem store; nil where none are made.
    static func makeStore(_ settings: StoreSettings, signer: URLSigner?) async throws -> any ObjectStore {
        switch settings {
        case .directory(let root):
            return try await FilesystemStore(
                root: root, durability: .synchronized, signer: signer, pool: ThreadPool(name: "store", threads: 8))
        case .s3(let endpoint, let bucket, let region, let pathStyle):
            let configuration = S3Configuration(
                endpoint: endpoint, region: region, bucket: bucket,
                addressing: pathStyle ? .path : .virtualHost)
            let credentials = try StaticCredentials(environment: ProcessInfo.processInfo.environment)
            return S3Store(
                configuration, credentials: credentials, http: HTTPClient.shared,
                pool: ThreadPool(name: "store", threads: 4), clock: { Date() })
        }
    }

    /// Ends what outlives the services.
    func close() async {
        await self.database.close()
        try? await self.http.shutdown()
    }
}
