import Access
import Content
import Foundation
import NIOHTTP1
import Storefront
import Testing

/// Everybody around one game: a studio's people and its CI, and the desks of the small platform.
struct GameWorld {
    let slipway: SlipwayProcess
    /// Where the desks are.
    let platform: String
    private let issuer: DevelopmentIssuer

    init(_ slipway: SlipwayProcess) async throws {
        let file = slipway.directory.appending(path: "dev.json")
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: String] ?? [:]
        self.slipway = slipway
        self.platform = try #require(json["platform_url"])
        self.issuer = try await DevelopmentIssuer(
            keyAt: slipway.directory.appending(path: "keys/issuer.json").path, issuer: "slipway-development",
            audience: "slipway")
    }

    /// Somebody nobody knows yet, as the API sees them.
    func person() throws -> (id: UserID, view: Studio) {
        let id = UserID(UUID())
        let token = try self.issuer.mint(user: id, developer: nil, lifetime: .seconds(3600), now: Date())
        return (id, Studio(prefix: "\(self.slipway.base)/api/v1/developer", token: token))
    }

    /// A service of the platform calls the internal API.
    func service(
        _ permission: ServicePermission, _ method: HTTPMethod, _ path: String, _ body: [String: Any]? = nil
    ) async throws -> (status: Int, json: [String: Any]) {
        let token = try self.issuer.mint(
            service: "scenario", permissions: [permission], lifetime: .seconds(3600), now: Date())
        let answer = try await HTTP.send(method, "\(self.slipway.base)/internal/v1\(path)", token: token, json: body)
        return (answer.status, (try? JSONSerialization.jsonObject(with: Data(answer.body))) as? [String: Any] ?? [:])
    }

    /// Somebody at one of the desks does something.
    @discardableResult
    func desk(_ method: HTTPMethod, _ path: String, _ body: [String: Any]? = nil) async throws -> [String: Any] {
        let answer = try await HTTP.send(method, "\(self.platform)/desk\(path)", json: body)
        guard (200..<300).contains(answer.status) else {
            throw Studio.Unexpected(
                what: "desk \(path): \(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
        }
        return (try? JSONSerialization.jsonObject(with: Data(answer.body))) as? [String: Any] ?? [:]
    }

    /// What lies on a desk, once something does that is wanted; at most a minute.
    @discardableResult
    func wait(
        for path: String, _ list: String = "items", _ wanted: ([String: Any]) -> Bool
    ) async throws -> [String: Any] {
        for _ in 0..<600 {
            let items = try await self.desk(.GET, path)[list] as? [[String: Any]] ?? []
            if let found = items.last(where: wanted) { return found }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Studio.Unexpected(what: "nothing such came to \(path) within a minute")
    }

    /// Waits until something is so; at most a minute.
    func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<600 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Studio.Unexpected(what: "\(what) did not come to be within a minute")
    }

    /// Which version Download Service gives a player.
    func version(of game: String, player: String) async throws -> String {
        let answer = try await self.service(
            .manifestsRead, .GET, "/games/\(game)/channels/public/manifest?player_id=\(player)")
        return (answer.json["version"] as? [String: Any])?["version_id"] as? String ?? "\(answer.status)"
    }

    /// A moderator finds a version on the desk and passes it.
    func approve(_ version: String) async throws {
        let review = try await self.wait(for: "/reviews") { $0["version_id"] as? String == version }
        let decided = try await self.desk(
            .POST, "/reviews/\(review["review_id"] as? String ?? "")", ["decision": "approved"])
        #expect(decided["status"] as? String == "approved")
    }
}
