public import AsyncHTTPClient
public import Hummingbird
import Logging
public import ServiceLifecycle

/// The other services of the platform in small, for a machine that has none: moderation and shop desks for people; admin,
/// catalog, download, payment, analytics, accounts and notifications for the program.
///
/// Speaks the contracts of `ops/contracts` over HTTP on 127.0.0.1, so that the whole life of a game can be lived on one
/// machine. Remembers nothing over a restart. For development only: its desks let anybody on the machine decide.
public struct DevelopmentPlatform: Service, CustomStringConvertible {
    private let configuration: Configuration

    /// Services are logged by their description, and the configuration in this one holds a secret.
    public var description: String { "small platform" }

    public struct Configuration: Sendable {
        /// On 127.0.0.1.
        public var port: Int
        /// Where the Developer Service is, without a slash at its end.
        public var apiURL: String
        /// What the Developer Service's events are signed with: `whsec_` and base64.
        public var eventSecret: String
        /// Gives a token that the Developer Service takes for a service's.
        public var token: @Sendable () throws -> String
        public var client: HTTPClient

        public init(
            port: Int, apiURL: String, eventSecret: String, client: HTTPClient,
            token: @escaping @Sendable () throws -> String
        ) {
            self.port = port
            self.apiURL = apiURL
            self.eventSecret = eventSecret
            self.token = token
            self.client = client
        }
    }

    public init(_ configuration: Configuration) { self.configuration = configuration }

    public func run() async throws {
        try await Application(
            router: self.makeRouter(),
            configuration: ApplicationConfiguration(
                address: .hostname("127.0.0.1", port: self.configuration.port), serverName: "slipway-platform"),
            logger: Logger(label: "platform")
        ).run()
    }

    /// The routes, with a memory of their own.
    public func makeRouter() -> Router<BasicRequestContext> {
        let state = PlatformState()
        let api = DeveloperAPI(
            client: self.configuration.client, url: self.configuration.apiURL, token: self.configuration.token)
        let router = Router()
        PaymentDesk(state: state, api: api).add(to: router)
        ShopDesk(state: state).add(to: router)
        AnalyticsDesk(state: state).add(to: router)
        PeopleDesk(state: state).add(to: router)
        let secret = self.configuration.eventSecret
        ModerationDesk(state: state, api: api, secret: secret).add(to: router)
        CatalogDesk(state: state, secret: secret).add(to: router)
        DownloadDesk(state: state, api: api, secret: secret).add(to: router)
        EventDesk(state: state, secret: secret).add(to: router)
        return router
    }
}
