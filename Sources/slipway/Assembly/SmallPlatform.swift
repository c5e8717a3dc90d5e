import Access
import AsyncHTTPClient
import Content
import DevelopmentPlatform
import Digests
import Foundation
import Platform
import ServiceLifecycle
import Storefront

/// The other services of the platform in small, beside a `slipway up` that is told of none.
struct SmallPlatform: Sendable {
    let port: Int
    private let eventSecret: String

    var url: String { "http://127.0.0.1:\(self.port)" }

    /// Takes the first free port after the API's, and points to it whatever the operator did not point elsewhere.
    static func adopt(by settings: inout Settings) throws -> SmallPlatform {
        guard let port = (settings.port + 1...settings.port + 20).first(where: { $0 <= 65_535 && PortProbe.isFree($0) })
        else { throw SettingsError.invalid("--port", "none of the 20 ports after it is free for the small platform") }
        let secret = "whsec_" + Data(try SecureRandom.bytes(32)).base64EncodedString()
        let platform = SmallPlatform(port: port, eventSecret: secret)
        if settings.services.everything == nil {
            settings.services.everything = ("\(platform.url)\(Listener.path)", secret)
        }
        for peer in ServiceSettings.Peer.allCases where settings.services.places[peer] == nil {
            settings.services.places[peer] = ServiceSettings.Place(
                url: "\(platform.url)/\(peer.rawValue)", secret: peer.listener.map { _ in secret })
        }
        settings.money.pollRounds = 1
        return platform
    }

    func makeService(issuer: DevelopmentIssuer, client: HTTPClient, apiURL: String) -> any Service {
        DevelopmentPlatform(
            DevelopmentPlatform.Configuration(
                port: self.port, apiURL: apiURL, eventSecret: self.eventSecret, client: client,
                token: {
                    try issuer.mint(
                        service: "small-platform", permissions: ServicePermission.allCases, lifetime: .seconds(300),
                        now: Date())
                }))
    }
}
