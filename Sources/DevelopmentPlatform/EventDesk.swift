import HTTPTypes
import Hummingbird
import Storefront

/// Hears everything, and shows it to whoever wants to see what happened; and counts what Analytics Service is told.
struct EventDesk: Sendable {
    let state: PlatformState
    let secret: String

    func add(to router: Router<BasicRequestContext>) {
        Inbox(service: "", state: self.state, secret: self.secret) { fact, values in
            values.events.append(fact.event)
            return true
        }.add(to: router)
        Inbox(service: "analytics", state: self.state, secret: self.secret) { fact, values in
            values.facts[fact.type, default: 0] += 1
            return true
        }.add(to: router)
        router.get("desk/events", use: self.list)
        router.get("desk/facts", use: self.counts)
    }

    /// `GET /desk/events`: the last hundred.
    @Sendable private func list(_ request: Request, context: BasicRequestContext) async throws -> Response {
        .json(["items": .array(self.state.read { Array($0.events.suffix(100)) })])
    }

    /// `GET /desk/facts`: how often Analytics Service heard of what.
    @Sendable private func counts(_ request: Request, context: BasicRequestContext) async throws -> Response {
        let facts = self.state.read { $0.facts.sorted { $0.key < $1.key } }
        return .json(.object(JSONObject(facts.map { ($0.key, .integer($0.value)) })))
    }
}
