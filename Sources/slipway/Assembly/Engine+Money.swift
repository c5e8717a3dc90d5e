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
        _ settings: Settings, keys: KeyRing, database: Database, queue: JobQueue, events: Events, http: HTTPClient
    ) -> MoneyServices {
        let payouts = settings.money.payouts
        let facts = MoneyFacts(events: events, queue: queue, handOverDelay: payouts.handOverDelay)
        return MoneyServices(
            finance: Finance(database: database, policy: payouts, keys: keys, observer: facts),
            payment: self.makeClient(of: .payment, settings.services, http: http, timeout: .seconds(15))
                .map { PaymentClient($0) },
            analytics: Analytics(
                database: database,
                client: AnalyticsClient(
                    self.makeClient(of: .analytics, settings.services, http: http) ?? self.nobody(http)),
                policy: .standard, observer: facts),
            games: Games(database: database), queue: queue)
    }

    /// Nobody listens on port 9, so that a missing configuration looks like a service that is away.
    private static func nobody(_ http: HTTPClient) -> ServiceClient {
        ServiceClient(
            ServiceClient.Configuration(name: "analytics", url: "http://127.0.0.1:9", credentials: .connection),
            http: http)
    }
}
