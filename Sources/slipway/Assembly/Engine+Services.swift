import Analytics
import AsyncHTTPClient
import Finance
import Foundation
import Jobs
import Platform

/// The other services of the platform, wired.
extension Engine {
    /// Nil where there is none.
    static func makeClient(
        of peer: ServiceSettings.Peer, _ settings: ServiceSettings, http: HTTPClient, timeout: Duration = .seconds(3)
    ) -> ServiceClient? {
        guard let place = settings.places[peer] else { return nil }
        var configuration = ServiceClient.Configuration(
            name: peer.rawValue, url: place.url, credentials: self.credentials(of: place))
        configuration.timeout = timeout
        configuration.plan = RetryPlan(attempts: 3, total: timeout * 3)
        return ServiceClient(configuration, http: http)
    }

    private static func credentials(of place: ServiceSettings.Place) -> ServiceCredentials {
        if let token = place.token { return .token(token) }
        guard let file = place.tokenFile else { return .connection }
        return .bearer {
            try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// Nil where there is none: nobody is told by mail then.
    func makeNotificationService() -> NotificationService? {
        Self.makeClient(of: .notification, self.settings.services, http: self.http).map {
            NotificationService(client: $0)
        }
    }

    func makeDirectory() -> any UserDirectory {
        guard let client = Self.makeClient(of: .account, self.settings.services, http: self.http) else {
            return NoUserDirectory()
        }
        return AccountServiceDirectory(client: client, lifetime: .seconds(60))
    }

    /// Has facts go where they are wanted.
    func ensureListeners() async throws {
        for (listener, place) in self.settings.services.listeners {
            try await self.events.outbox.ensure(listener, url: place.url, secret: place.secret)
        }
    }
}
