import Access
import Foundation
import NIOHTTP1
import Storefront
import Testing

/// The platform's other services: moderation and downloads.
struct PlatformServices {
    let base: String
    let token: String

    init(_ slipway: SlipwayProcess) async throws {
        let issuer = try await DevelopmentIssuer(
            keyAt: slipway.directory.appending(path: "keys/issuer.json").path, issuer: "slipway-development",
            audience: "slipway")
        self.base = "\(slipway.base)/internal/v1"
        self.token = try issuer.mint(
            service: "platform", permissions: [.reviewsDecide, .manifestsRead], lifetime: .seconds(3600), now: Date())
    }

    func decide(_ review: String) async throws {
        let answer = try await HTTP.send(
            .POST, "\(self.base)/reviews/\(review)/decision", token: self.token, json: ["decision": "approved"])
        guard answer.status == 200 else { throw Studio.Unexpected(what: "decision: \(answer.status)") }
    }

    func version(of game: String, player: String) async throws -> String {
        let answer = try await HTTP.send(
            .GET, "\(self.base)/games/\(game)/channels/public/manifest?player_id=\(player)", token: self.token)
        let json = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        return (json?["version"] as? [String: Any])?["version_id"] as? String ?? "\(answer.status)"
    }
}
