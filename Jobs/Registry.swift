public import Accounts
public import Archives
public import AsyncHTTPClient
public import BuildStore
public import ClamAV
public import Content
public import Digests
public import JobQueue
import MediaFiles
public import ObjectStore
public import Platform
public import Staging
import Threads

/// What the handlers of all kinds of job work with.
public struct JobServices: Sendable {
    public var pipeline: BuildPipeline
    public var builds: BuildStore
    public var accounts: Accounts
    public var store: any ObjectStore
    public var staging: StagingArea
    public var scanner: any MalwareScanner
    public var events: Events
    public var http: HTTPClient
    public var webhookSecrets: WebhookSecrets
    public var invitations: InvitationTokens
    /// Nil where there is none.
    public var notificationService: NotificationService?
    public var webhookGate: WebhookGate
    public var signingKey: Ed25519.SigningKey
    public var archiveLimits: ArchiveLimits
    /// Reasons for which an operator lets a file pass though it was not looked at whole.
    public var scanWaivers: Set<IncompleteReason>
    public var patches: PatchPolicy
    public var money: MoneyServices
    /// Threads that share the ranges of large files.
    public var hashThreads: Int
    /// Bytes laid down from one checkpoint of an ingest to the next.
    public var ingestCheckpoints = IngestBuild.checkpoints
    public var shop: ShopJobServices

    public init(
        pipeline: BuildPipeline, builds: BuildStore, accounts: Accounts, store: any ObjectStore, staging: StagingArea,
        scanner: any MalwareScanner, events: Events, http: HTTPClient, webhookSecrets: WebhookSecrets,
        invitations: InvitationTokens, notificationService: NotificationService?, webhookGate: WebhookGate,
        signingKey: Ed25519.SigningKey, archiveLimits: ArchiveLimits, scanWaivers: Set<IncompleteReason>,
        patches: PatchPolicy, money: MoneyServices, hashThreads: Int, shop: ShopJobServices
    ) {
        self.pipeline = pipeline
        self.builds = builds
        self.accounts = accounts
        self.store = store
        self.staging = staging
        self.scanner = scanner
        self.events = events
        self.http = http
        self.webhookSecrets = webhookSecrets
        self.invitations = invitations
        self.notificationService = notificationService
        self.webhookGate = webhookGate
        self.signingKey = signingKey
        self.archiveLimits = archiveLimits
        self.scanWaivers = scanWaivers
        self.patches = patches
        self.money = money
        self.hashThreads = hashThreads
        self.shop = shop
    }
}

extension JobRegistry {
    /// Every kind of job, in the order a build meets them.
    ///
    /// A new kind is a file in this folder and a line here.
    public static func all(_ services: JobServices) -> JobRegistry {
        let (pipeline, store, staging) = (services.pipeline, services.store, services.staging)
        let contents = ContentScan(scanner: services.scanner, limits: services.archiveLimits)
        let quarantine = Quarantine(builds: services.builds, store: store)
        let waivers = WaiverPolicy(builds: services.builds, standing: services.scanWaivers)
        var registry = JobRegistry()
        registry.register(
            IngestBuildHandler(
                pipeline: pipeline, store: store, staging: staging, limits: services.archiveLimits,
                patchedVersions: services.patches.versions, checkpoints: services.ingestCheckpoints))
        registry.register(
            HashChunksHandler(
                pipeline: pipeline, staging: staging,
                threads: ThreadPool(name: "hash", threads: services.hashThreads)))
        registry.register(
            PlanBuildHandler(
                pipeline: pipeline, scanner: services.scanner, patches: services.patches))
        registry.register(
            ScanFilesHandler(
                pipeline: pipeline, store: store, staging: staging, contents: contents, quarantine: quarantine,
                waivers: waivers))
        registry.register(ReviewBuildHandler(pipeline: pipeline, store: store, staging: staging))
        registry.register(TransferChunksHandler(pipeline: pipeline, store: store, staging: staging))
        registry.register(
            PublishManifestHandler(
                pipeline: pipeline, store: store, waivers: waivers, signingKey: services.signingKey))
        registry.registerPatches(services)
        registry.register(
            RescanBuildHandler(
                builds: services.builds, releases: services.shop.releases, store: store, staging: staging,
                contents: contents, quarantine: quarantine,
                events: services.events, key: services.signingKey.verifyingKey))
        registry.register(ClearStagingHandler(builds: services.builds, store: store, staging: staging))
        registry.register(DiscardBuildHandler(builds: services.builds, store: store, staging: staging))
        registry.register(
            ProcessMediaHandler(
                library: services.shop.media, builds: services.builds, releases: services.shop.releases, store: store,
                staging: staging, scanner: services.scanner, limits: PixelLimits()))
        registry.register(RefreshPricingHandler(prices: services.shop.prices, events: services.events))
        registry.register(PublishReleaseHandler(releases: services.shop.releases))
        registry.register(
            CollectGarbageHandler(
                builds: services.builds, releases: services.shop.releases, library: services.shop.media, store: store,
                retention: services.shop.retention))
        registry.register(
            SendNotificationHandler(
                notifications: Notifications(database: services.events.outbox.database),
                invitations: services.invitations, service: services.notificationService))
        registry.register(
            ScanDocumentHandler(accounts: services.accounts, store: store, scanner: services.scanner))
        registry.register(
            DeliverEventsHandler(
                outbox: services.events.outbox, secrets: services.webhookSecrets, gate: services.webhookGate,
                client: services.http))
        registry.registerMoney(services.money, store: store)
        registry.register(
            PruneAuditLogHandler(
                log: AuditLog(database: services.events.outbox.database),
                retention: services.shop.retention.auditLog))
        registry.inTrace = { trace, work in
            await AuditActor.$current.withValue(AuditActor.current.traced(by: trace)) { await work() }
        }
        return registry
    }
}

extension JobRegistry {
    /// Updates: a patch from plan to whole, and what is told of it.
    fileprivate mutating func registerPatches(_ services: JobServices) {
        let (store, staging, key) = (services.store, services.staging, services.signingKey.verifyingKey)
        self.register(PreviewUpdateHandler(builds: services.builds))
        self.register(PlanUpdateHandler(pipeline: services.pipeline, patches: services.patches))
        self.register(
            PlanPatchHandler(
                pipeline: services.pipeline, store: store, staging: staging, key: key, policy: services.patches))
        self.register(EncodePatchHandler(builds: services.builds, store: store, staging: staging, key: key))
        self.register(
            ExplainUpdateHandler(
                pipeline: services.pipeline, store: store, staging: staging, key: key, policy: services.patches))
        self.register(
            AssemblePatchHandler(
                pipeline: services.pipeline, store: store, staging: staging, key: key, policy: services.patches))
    }

    /// Payouts, the ledger and reports.
    fileprivate mutating func registerMoney(_ services: MoneyServices, store: any ObjectStore) {
        let (finance, payment, analytics) = (services.finance, services.payment, services.analytics)
        self.register(SendPayoutHandler(finance: finance, payment: payment))
        self.register(PollPayoutsHandler(finance: finance, payment: payment, queue: services.queue))
        self.register(PollLedgerHandler(finance: finance, payment: payment))
        self.register(RewrapKeysHandler(finance: finance))
        self.register(GenerateReportHandler(analytics: analytics, games: services.games, store: store))
        self.register(ExpireReportsHandler(analytics: analytics, store: store))
    }
}
