import Foundation
import Platform

extension Engine {
    /// A client of one of the platform's services.
    func makeClient(_ name: String, _ url: String) -> ServiceClient {
        let file = self.settings.services.tokenFile
        let token = file.map { path -> @Sendable () async throws -> String in
            { try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines) }
        }
        return ServiceClient(
            ServiceClient.Configuration(name: name, url: url, token: token, timeout: .seconds(3), attempts: 3),
            http: self.http)
    }

    /// Nil where there is none: nobody is told by mail then.
    func makeNotificationService() -> NotificationService? {
        self.settings.services.notification.map { NotificationService(client: self.makeClient("notification", $0)) }
    }

    func makeDirectory() -> any UserDirectory {
        guard let url = self.settings.services.account else { return NoUserDirectory() }
        return AccountServiceDirectory(client: self.makeClient("account", url), lifetime: .seconds(60))
    }
}
