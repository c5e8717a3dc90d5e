public import Access
public import Accounts
public import Analytics
public import BuildStore
public import Content
public import Digests
public import Finance
public import FoundationEssentials
public import Games
public import JobQueue
public import ObjectStore
public import Platform
public import Postgres
public import Storefront
public import Uploads

/// Everything the routes need, made by whoever runs them.
public struct APIServices: Sendable {
    /// Enqueues the job that ingests a version, in the given transaction, and gives its number.
    public typealias EnqueueIngest = @Sendable (VersionRecord, Transaction) async throws -> Int64

    /// Stops all work on a version and fails it with the code `cancelled`; false when there is no such work.
    public typealias CancelBuild = @Sendable (VersionID) async throws -> Bool

    public var database: Database
    public var accounts: Accounts
    public var games: Games
    public var finance: Finance
    public var analytics: Analytics
    public var access: Access
    public var builds: BuildStore
    public var uploads: Uploads
    public var queue: JobQueue
    public var store: any ObjectStore
    /// Checks the presigned requests of a store that has no server of its own; nil where the store is S3.
    public var storageSigner: URLSigner?
    public var enqueueIngest: EnqueueIngest
    public var cancelBuild: CancelBuild
    /// Enqueues the removal of what a given-up upload has left.
    public var discardBuild: Uploads.Discard
    /// Keys that sign manifests, the current one first.
    public var manifestKeys: [Ed25519.VerifyingKey]
    /// The key set of the development issuer; nil where a platform issues tokens.
    public var tokenKeySet: [UInt8]?
    /// Where clients reach us, such as `https://api.example.com`, without a slash at its end.
    public var publicURL: String
    /// 32 secret bytes or more, the same in every process.
    public var cursors: CursorCodec
    public var limits: APILimits
    /// What operators may read of the configuration: no secret, no credential.
    public var configuration = JSONObject()
    public var shop: ShopServices
    public var conventions: Conventions
    public var trusts: OIDCTrusts
    public var invitations: InvitationTokens
    public var directory: any UserDirectory
    public var webhookSecrets: WebhookSecrets
    /// Whether webhooks may lead into private networks; for development.
    public var allowsPrivateWebhooks: Bool
    /// Has a document looked at, when the transaction commits.
    public var scanDocument: @Sendable (DocumentID, Transaction) async throws -> Void
    /// Has what waits for a webhook delivered, when the transaction commits.
    public var deliver: @Sendable (UUID, Transaction) async throws -> Void
    /// The metrics as Prometheus reads them.
    public var renderMetrics: @Sendable () async -> [UInt8]
    /// Looks at what the process needs; asked at most once a second.
    public var checkReadiness: @Sendable () async -> [ReadinessCheck]

    public init(
        database: Database, accounts: Accounts, games: Games, finance: Finance, analytics: Analytics,
        access: Access, builds: BuildStore, uploads: Uploads,
        queue: JobQueue, store: any ObjectStore, storageSigner: URLSigner?, enqueueIngest: @escaping EnqueueIngest,
        cancelBuild: @escaping CancelBuild, discardBuild: @escaping Uploads.Discard,
        manifestKeys: [Ed25519.VerifyingKey], tokenKeySet: [UInt8]?, publicURL: String, cursors: CursorCodec,
        limits: APILimits, shop: ShopServices, conventions: Conventions, trusts: OIDCTrusts,
        invitations: InvitationTokens, directory: any UserDirectory,
        webhookSecrets: WebhookSecrets, allowsPrivateWebhooks: Bool,
        scanDocument: @escaping @Sendable (DocumentID, Transaction) async throws -> Void,
        deliver: @escaping @Sendable (UUID, Transaction) async throws -> Void,
        renderMetrics: @escaping @Sendable () async -> [UInt8],
        checkReadiness: @escaping @Sendable () async -> [ReadinessCheck]
    ) {
        self.database = database
        self.accounts = accounts
        self.games = games
        self.finance = finance
        self.analytics = analytics
        self.access = access
        self.builds = builds
        self.uploads = uploads
        self.queue = queue
        self.store = store
        self.storageSigner = storageSigner
        self.enqueueIngest = enqueueIngest
        self.cancelBuild = cancelBuild
        self.discardBuild = discardBuild
        self.manifestKeys = manifestKeys
        self.tokenKeySet = tokenKeySet
        self.publicURL = publicURL
        self.cursors = cursors
        self.limits = limits
        self.shop = shop
        self.conventions = conventions
        self.trusts = trusts
        self.invitations = invitations
        self.directory = directory
        self.webhookSecrets = webhookSecrets
        self.allowsPrivateWebhooks = allowsPrivateWebhooks
        self.scanDocument = scanDocument
        self.deliver = deliver
        self.renderMetrics = renderMetrics
        self.checkReadiness = checkReadiness
    }
}

/// Whether one thing the process needs is there.
public struct ReadinessCheck: Equatable, Sendable {
    /// `database`, `store` and more.
    public let name: String
    public let isHealthy: Bool

    public init(name: String, isHealthy: Bool) {
        self.name = name
        self.isHealthy = isHealthy
    }
}
