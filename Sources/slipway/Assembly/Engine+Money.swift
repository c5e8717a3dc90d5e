import Analytics
import AsyncHTTPClient
import Envelope
import Finance
import Games
import JobQueue
import Jobs
import Platform
import Postgres

extension Engine {
    /// Ledger, payouts and reports, and the services behind them.
    static func makeMoney(
        _ settings: MoneySettings, keys: KeyRing, database: Database, queue: JobQueue, events: Events, http: HTTPClient
    ) -> MoneyServices {
        let facts = MoneyFacts(events: events, queue: queue, handOverDelay: settings.payouts.handOverDelay)
        let payment = settings.payment.map { service in
            var configuration = PlatformService.Configuration(
                name: "payment", baseURL: service.url, token: service.token)
            configuration.timeout = .seconds(15)
            return PaymentClient(PlatformService(configuration, client: http))
        }
        // Nobody listens on port 9, so that a missing configuration looks like a service that is away.
        var configuration = PlatformService.Configuration(
            name: "analytics", baseURL: settings.analytics?.url ?? "http://127.0.0.1:9",
            token: settings.analytics?.token)
        configuration.timeout = .seconds(3)
        return MoneyServices(
            finance: Finance(database: database, policy: settings.payouts, keys: keys, observer: facts),
            payment: payment,
            analytics: Analytics(
                database: database, client: AnalyticsClient(PlatformService(configuration, client: http)),
                policy: .standard, observer: facts),
            games: Games(database: database), queue: queue)
    }
}
