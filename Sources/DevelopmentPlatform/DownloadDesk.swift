import HTTPTypes
import Hummingbird
import Storefront

/// Download Service in small: which builds there are and where, and which one each channel of a game points to.
struct DownloadDesk: Sendable {
    let state: PlatformState
    let api: DeveloperAPI
    let secret: String

    func add(to router: Router<BasicRequestContext>) {
        Inbox(service: "download", state: self.state, secret: self.secret, hear: Self.hear).add(to: router)
        router.get("desk/downloads", use: self.list)
        router.post("desk/installs", use: self.count)
    }

    /// `GET /desk/downloads`: builds and channels as they are now.
    @Sendable private func list(_ request: Request, context: BasicRequestContext) async throws -> Response {
        let (builds, channels) = self.state.read { ($0.builds, $0.channels) }
        func items(_ kept: [String: JSONObject]) -> JSONValue {
            .array(kept.sorted { $0.key < $1.key }.map { .object($0.value) })
        }
        return .json(["builds": items(builds), "channels": items(channels)])
    }

    /// `POST /desk/installs`: `{"day": "2026-11-25", "versions": [{"version_id": "…", "installs": 120}]}`, as it is told every day
    /// of the versions that players have.
    @Sendable private func count(_ request: Request, context: BasicRequestContext) async throws -> Response {
        try await self.api.post("/internal/v1/installs", .object(try await request.object())).response
    }

    private static func hear(_ fact: Fact, _ values: inout PlatformState.Values) -> Bool {
        guard let game = fact.data.text("game_id") else { return false }
        let channel = "\(game)/\(fact.data.text("channel") ?? "")"
        switch fact.type {
        case "version.ready":
            guard let version = fact.data.text("version_id") else { return false }
            values.builds[version] = fact.data
        case "version.recalled", "version.deleted":
            // Whatever of it lies near the players must go.
            guard let version = fact.data.text("version_id") else { return false }
            values.builds[version] = nil
        case "channel.changed": values.channels[channel] = fact.data
        case "channel.deleted": values.channels[channel] = nil
        default: return false
        }
        return true
    }
}
