import HTTPTypes
public import Hummingbird

/// Makes the router of the whole API.
public enum APIRouter {
    /// - Returns: a router that answers every request, those for nothing included, and never throws.
    public static func make(services: APIServices) -> Router<APIContext> {
        let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: RequestIdentityMiddleware(isSecure: services.publicURL.hasPrefix("https://")))
        router.add(middleware: AccessLogMiddleware())
        router.add(middleware: ProblemMiddleware())
        let families = RouteFamilies(services)
        for declaration in RouteTable.all {
            router.on(
                RouterPath(declaration.path), method: declaration.method,
                responder: Endpoint(
                    declaration: declaration, access: services.access, conventions: services.conventions,
                    limits: services.limits, database: services.database,
                    handler: families.handler(for: declaration.operation)))
        }
        return router
    }
}

/// The routes by family, and which of them does what.
struct RouteFamilies {
    private let accounts: AccountRoutes
    private let team: TeamRoutes
    private let games: GameRoutes
    private let versions: VersionRoutes
    private let scanReports: ScanReportRoutes
    private let uploads: UploadRoutes
    private let resumable: ResumableUploadRoutes
    private let chunks: ChunkRoutes
    private let jobs: JobRoutes
    private let content: ContentRoutes
    private let keys: KeyRoutes
    private let queues: QueueRoutes
    private let pools: PoolRoutes
    private let allJobs: OperatorJobRoutes
    private let analytics: AnalyticsRoutes
    private let reports: ReportRoutes
    private let finance: FinanceRoutes
    private let payouts: PayoutRoutes
    private let paymentSettings: PaymentSettingsRoutes
    private let internalFinance: InternalFinanceRoutes
    private let listing: ListingRoutes
    private let media: MediaRoutes
    private let mediaFiles: MediaFileRoutes
    private let pricing: PricingRoutes
    private let promotions: PromotionRoutes
    private let reviews: ReviewRoutes
    private let publications: PublicationRoutes
    private let channels: ChannelRoutes
    private let platformReleases: PlatformReleaseRoutes
    private let playerReviews: PlayerReviewRoutes
    private let installs: InstallRoutes
    private let invitations: InvitationRoutes
    private let trusts: TrustRoutes
    private let documents: DocumentRoutes
    private let notifications: NotificationRoutes
    private let sdk: SDKRoutes
    private let webhooks: WebhookRoutes
    private let events: EventRoutes
    private let companiesForAdmin: InternalCompanyRoutes
    private let audit: AuditRoutes
    private let storage: StorageRoutes
    private let usage: UsageRoutes
    private let service: ServiceRoutes

    init(_ services: APIServices) {
        let waits = Gate(places: services.limits.concurrentWaits, for: "event streams and long polls")
        let parts = Gate(places: services.limits.concurrentParts, for: "parts being received")
        let reader = VersionReader(services)
        self.accounts = AccountRoutes(services)
        self.team = TeamRoutes(services)
        self.games = GameRoutes(services)
        self.versions = VersionRoutes(services, reader: reader, waits: waits)
        self.scanReports = ScanReportRoutes(services, reader: reader)
        self.uploads = UploadRoutes(services, reader: reader, parts: parts)
        self.resumable = ResumableUploadRoutes(services, reader: reader, parts: parts)
        self.chunks = ChunkRoutes(services, reader: reader)
        self.jobs = JobRoutes(services, reader: reader, waits: waits)
        self.content = ContentRoutes(services)
        self.keys = KeyRoutes(services)
        self.queues = QueueRoutes(services)
        self.pools = PoolRoutes(services)
        self.allJobs = OperatorJobRoutes(services)
        self.analytics = AnalyticsRoutes(services)
        self.reports = ReportRoutes(services)
        self.finance = FinanceRoutes(services)
        self.payouts = PayoutRoutes(services)
        self.paymentSettings = PaymentSettingsRoutes(services)
        self.internalFinance = InternalFinanceRoutes(services)
        self.listing = ListingRoutes(services)
        self.media = MediaRoutes(services)
        self.mediaFiles = MediaFileRoutes(services)
        self.pricing = PricingRoutes(services)
        self.promotions = PromotionRoutes(services)
        self.reviews = ReviewRoutes(services, reader: reader)
        self.publications = PublicationRoutes(services)
        self.channels = ChannelRoutes(services)
        self.platformReleases = PlatformReleaseRoutes(services)
        self.playerReviews = PlayerReviewRoutes(services)
        self.installs = InstallRoutes(services)
        self.invitations = InvitationRoutes(services)
        self.trusts = TrustRoutes(services)
        self.documents = DocumentRoutes(services, parts: parts)
        self.notifications = NotificationRoutes(services)
        self.sdk = SDKRoutes(services)
        self.webhooks = WebhookRoutes(services)
        self.events = EventRoutes(services, waits: waits)
        self.companiesForAdmin = InternalCompanyRoutes(services)
        self.audit = AuditRoutes(services)
        self.storage = StorageRoutes(services, parts: parts)
        self.usage = UsageRoutes(services)
        self.service = ServiceRoutes(services)
    }

    func handler(for operation: Operation) -> Handler {
        switch operation {
        case .registerCompany: self.accounts.register
        case .listCompanies: self.accounts.list
        case .getCompany: self.accounts.get
        case .updateCompany: self.accounts.update
        case .listTeam: self.team.list
        case .changeRole: self.team.changeRole
        case .resubmitCompany: self.accounts.resubmit
        case .removeMember: self.team.remove
        case .leaveTeam: self.team.leave
        case .inviteMember: self.invitations.invite
        case .listInvitations: self.invitations.list
        case .revokeInvitation: self.invitations.revoke
        case .resendInvitation: self.invitations.resend
        case .acceptInvitation: self.invitations.accept
        case .declineInvitation: self.invitations.decline
        case .createGame: self.games.create
        case .listGames: self.games.list
        case .getGame: self.games.get
        case .updateGame: self.games.update
        case .deleteGame: self.games.delete
        case .createVersion: self.versions.create
        case .listVersions: self.versions.list
        case .getVersion: self.versions.get
        case .updateVersion: self.versions.update
        case .retryVersion: self.versions.retry
        case .getScanReport: self.scanReports.get
        case .getUpload: self.uploads.get
        case .signParts: self.uploads.sign
        case .receivePart: self.uploads.receive
        case .completeUpload: self.uploads.complete
        case .abortUpload: self.uploads.abort
        case .resizeUpload: self.uploads.resize
        case .getUploadOffset: self.resumable.offset
        case .appendToUpload: self.resumable.append
        case .cancelResumableUpload: self.resumable.cancel
        case .findMissingChunks: self.chunks.findMissing
        case .keepChunks: self.chunks.keep
        case .listJobs: self.jobs.list
        case .getJob: self.jobs.get
        case .watchJob: self.jobs.watch
        case .cancelJob: self.jobs.cancel
        case .retryJob: self.jobs.retry
        case .getManifest: self.content.manifest
        case .getVersionManifest: self.content.manifestForService
        case .listFiles: self.content.files
        case .getPack: self.content.pack
        case .listPatches: self.content.patches
        case .getPatch: self.content.patch
        case .previewUpdate: self.content.preview
        case .createKey: self.keys.create
        case .listKeys: self.keys.list
        case .getKey: self.keys.get
        case .rotateKey: self.keys.rotate
        case .revokeKey: self.keys.revoke
        case .listQueues: self.queues.list
        case .changeQueue: self.queues.change
        case .listQueueKeys: self.queues.keys
        case .changeQueueKey: self.queues.changeKey
        case .listQueueRates: self.queues.rates
        case .changeQueueRate: self.queues.changeRate
        case .listPools: self.pools.list
        case .getPool: self.pools.get
        case .changePool: self.pools.change
        case .listWorkers: self.queues.workers
        case .listAllJobs: self.allJobs.list
        case .changeJobs: self.allJobs.bulk
        case .listDeadJobs: self.allJobs.listDead
        case .changeDeadJobs: self.allJobs.bulkDead
        case .inspectJob: self.allJobs.get
        case .retryAnyJob: self.allJobs.retry
        case .cancelAnyJob: self.allJobs.cancel
        case .discardJob: self.allJobs.discard
        case .getStatistics: self.queues.statistics
        case .getStorageUsage: self.usage.company
        case .listStorageUsage: self.usage.companies
        case .getQueueHealth: self.queues.health
        case .getConfiguration: self.queues.configuration
        case .listQueueAudit: self.queues.audit
        case .getAnalyticsSummary: self.analytics.summary
        case .getGameAnalytics: self.analytics.game
        case .orderReport: self.reports.order
        case .listReports: self.reports.list
        case .getReport: self.reports.get
        case .downloadReport: self.reports.download
        case .deleteReport: self.reports.remove
        case .getBalance: self.finance.balance
        case .listTransactions: self.finance.transactions
        case .requestPayout: self.payouts.request
        case .listPayouts: self.payouts.list
        case .getPayout: self.payouts.get
        case .cancelPayout: self.payouts.cancel
        case .getPaymentSettings: self.paymentSettings.get
        case .updatePaymentSettings: self.paymentSettings.update
        case .approvePaymentSettings: self.paymentSettings.approve
        case .approvePaymentSettingsInternally: self.internalFinance.approveDetails
        case .listPlayerReviews: self.playerReviews.list
        case .replyToPlayerReview: self.playerReviews.reply
        case .recordPlayerReview: self.playerReviews.record
        case .recordInstalls: self.installs.record
        case .recordEntries: self.internalFinance.record
        case .reportPayout: self.internalFinance.hear
        case .getMetadata: self.listing.get
        case .updateMetadata: self.listing.update
        case .createMedia: self.media.create
        case .listMedia: self.media.list
        case .getMedia: self.media.get
        case .updateMedia: self.media.update
        case .deleteMedia: self.media.delete
        case .completeMedia: self.media.complete
        case .readMedia: self.mediaFiles.read
        case .getPricing: self.pricing.get
        case .updatePricing: self.pricing.update
        case .previewPricing: self.pricing.preview
        case .listPriceHistory: self.pricing.history
        case .listRegions: self.pricing.regions
        case .createPromotion: self.promotions.create
        case .listPromotions: self.promotions.list
        case .getPromotion: self.promotions.get
        case .updatePromotion: self.promotions.update
        case .cancelPromotion: self.promotions.cancel
        case .getGameReadiness: self.reviews.readiness
        case .submitVersion: self.reviews.submit
        case .withdrawVersion: self.reviews.withdraw
        case .listReviews: self.reviews.list
        case .deleteVersion: self.reviews.delete
        case .publishGame: self.publications.publish
        case .listPublications: self.publications.scheduled
        case .cancelPublication: self.publications.cancel
        case .unpublishGame: self.publications.unpublish
        case .listChannels: self.channels.list
        case .getChannel: self.channels.get
        case .setChannel: self.channels.set
        case .deleteChannel: self.channels.delete
        case .rollChannel: self.channels.roll
        case .rollBackChannel: self.channels.rollBack
        case .listChannelHistory: self.channels.history
        case .decideReview: self.platformReleases.decide
        case .recallVersion: self.platformReleases.recall
        case .getChannelManifest: self.platformReleases.manifest
        case .createTrust: self.trusts.create
        case .listTrusts: self.trusts.list
        case .deleteTrust: self.trusts.delete
        case .exchangeToken: self.trusts.exchange
        case .createDocument: self.documents.create
        case .listDocuments: self.documents.list
        case .getDocument: self.documents.get
        case .receiveDocument: self.documents.receive
        case .completeDocument: self.documents.complete
        case .deleteDocument: self.documents.delete
        case .listNotifications: self.notifications.list
        case .readNotifications: self.notifications.read
        case .getNotificationPreferences: self.notifications.preferences
        case .setNotificationPreferences: self.notifications.setPreferences
        case .listSDK: self.sdk.list
        case .getSDK: self.sdk.get
        case .downloadSDK: self.sdk.download
        case .publishSDK: self.sdk.publish
        case .createWebhook: self.webhooks.create
        case .listWebhooks: self.webhooks.list
        case .getWebhook: self.webhooks.get
        case .updateWebhook: self.webhooks.update
        case .deleteWebhook: self.webhooks.delete
        case .rotateWebhookSecret: self.webhooks.rotateSecret
        case .pingWebhook: self.webhooks.ping
        case .listDeliveries: self.webhooks.deliveries
        case .redeliver: self.webhooks.redeliver
        case .listEvents: self.events.list
        case .readCompanyInternally: self.companiesForAdmin.get
        case .verifyCompany: self.companiesForAdmin.verify
        case .suspendCompany: self.companiesForAdmin.suspend
        case .listAudit: self.audit.list
        case .verifyAudit: self.audit.verify
        case .readObject: self.storage.read
        case .writeObject: self.storage.write
        case .getLiveness: self.service.liveness
        case .getReadiness: self.service.readiness
        case .getMetrics: self.service.metrics
        case .getManifestKeys: self.service.manifestKeys
        case .getTokenKeys: self.service.tokenKeys
        case .getOpenAPI: self.service.openAPI
        case .getDocumentation: self.service.documentation
        }
    }
}
