import API
import Access
import Accounts
import Analytics
import Content
import Digests
import Finance
import Games
import Hummingbird
import JobQueue
import Jobs
import ObjectStore
import Platform
import Postgres
import ServiceLifecycle
import Storefront
import Telemetry

extension Engine {
    /// The REST facade as a service.
    ///
    /// - Parameters:
    ///   - tokens: where the keys of users' tokens come from.
    ///   - tokenKeySet: the development issuer's keys, to be served; nil where a platform issues tokens.
    func makeAPI(tokens: JWKSource, tokenKeySet: [UInt8]?, metrics: PrometheusRegistry) -> any Service {
        let accounts = Accounts(database: self.database)
        let verifier = TokenVerifier(
            policy: TokenPolicy(
                issuer: self.settings.tokens.issuer, audience: self.settings.tokens.audience, skew: .seconds(60),
                maximumAge: .seconds(86_400 * 31)),
            source: tokens)
        let access = Access(
            tokens: verifier, keys: APIKeys(database: self.database, pepper: self.secrets.pepper), accounts: accounts,
            policy: RolePolicy(profile: .literal))
        let (pipeline, events, queue) = (self.pipeline, self.events, self.queue)
        var services = APIServices(
            database: self.database, accounts: accounts, games: self.money.games,
            finance: self.money.finance, analytics: self.money.analytics, access: access,
            builds: self.builds, uploads: self.uploads, queue: self.queue, store: self.store,
            storageSigner: self.storageSigner,
            enqueueIngest: { version, transaction in
                try await pipeline.start(version, in: transaction).rawValue
            },
            cancelBuild: { try await pipeline.cancel($0) },
            discardBuild: { try await pipeline.discard($0, in: $1) },
            manifestKeys: [self.secrets.manifestKey.verifyingKey], tokenKeySet: tokenKeySet,
            publicURL: self.settings.publicURL, cursors: CursorCodec(key: self.secrets.cursor), limits: APILimits(),
            shop: self.shopServices,
            conventions: self.conventions, trusts: self.makeTrusts(access.keys),
            invitations: self.invitations, directory: self.makeDirectory(),
            webhookSecrets: self.webhookSecrets, allowsPrivateWebhooks: self.settings.isDevelopment,
            scanDocument: { document, transaction in
                _ = try await queue.enqueue(ScanDocument(document: document.uuid), in: transaction)
            },
            deliver: { endpoint, transaction in try await events.deliver(to: endpoint, in: transaction) },
            renderMetrics: { Array(metrics.render().utf8) },
            checkReadiness: { await self.readiness() })
        services.configuration = self.settings.published
        services.limits.takesResumableUploads = self.settings.takesResumableUploads
        return Application(
            router: APIRouter.make(services: services),
            configuration: ApplicationConfiguration(
                address: .hostname(self.settings.host, port: self.settings.port), serverName: "slipway"))
    }

    private func makeTrusts(_ keys: APIKeys) -> OIDCTrusts {
        let sources = self.settings.ciIssuers.mapValues {
            JWKSource.url($0, client: self.http, timeout: .seconds(5))
        }
        return OIDCTrusts(
            database: self.database, keys: keys, issuers: sources, audience: self.settings.publicURL)
    }

    private var conventions: Conventions {
        let events = self.events
        return Conventions(
            audit: AuditLog(database: self.database), idempotency: self.keptAnswers, rates: self.rates,
            trustedProxies: self.settings.trustedProxies,
            tell: { event, transaction in try await events.tell(event, in: transaction) })
    }

    private func readiness() async -> [ReadinessCheck] {
        let database = (try? await self.database.rows("SELECT 1 AS one")) != nil
        let store = (try? await self.store.list(prefix: "manifests/", after: nil, limit: 1)) != nil
        return [ReadinessCheck(name: "database", isHealthy: database), ReadinessCheck(name: "store", isHealthy: store)]
    }
}
