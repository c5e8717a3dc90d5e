import Digests
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Storefront

/// Hears the Developer Service's events, each once, and does what the services behind them would do.
struct EventDesk: Sendable {
    let state: PlatformState
    /// `whsec_` and base64: what events are signed with.
    let secret: String

    func add(to router: Router<BasicRequestContext>) {
        router.post("events", use: self.hear)
        router.get("desk/events", use: self.list)
    }

    @Sendable private func hear(_ request: Request, context: BasicRequestContext) async throws -> Response {
        let body = Array(try await request.body.collect(upTo: 4 << 20).readableBytesView)
        func header(_ name: String) -> String { HTTPField.Name(name).flatMap { request.headers[$0] } ?? "" }
        let id = header("webhook-id"), timestamp = header("webhook-timestamp")
        guard self.isGenuine("\(id).\(timestamp).", body, signatures: header("webhook-signature")) else {
            return .refusal(.unauthorized, "bad-signature")
        }
        guard case .object(let event)? = try? JSONParser.parse(body) else { return .refusal(.badRequest, "malformed") }
        self.state.change { values in
            guard values.eventIDs.insert(id).inserted else { return }
            values.events.append(.object(event))
            guard let type = event.text("type"), case .object(let data)? = event["data"] else { return }
            guard let review = data.text("review_id") else { return }
            switch type {
            case "review.requested": values.reviews[review] = .object(data)
            case "review.decided", "review.withdrawn": values.reviews[review] = nil
            default: break
            }
        }
        return Response(status: .noContent)
    }

    /// `GET /desk/events`: the last hundred.
    @Sendable private func list(_ request: Request, context: BasicRequestContext) async throws -> Response {
        .json(["items": .array(self.state.read { Array($0.events.suffix(100)) })])
    }

    /// As Standard Webhooks says: any of several signatures may be the one.
    private func isGenuine(_ head: String, _ body: [UInt8], signatures: String) -> Bool {
        guard let key = Data(base64Encoded: String(self.secret.dropFirst("whsec_".count))) else { return false }
        let code = HMACSHA256.authenticate(Array(head.utf8) + body, key: Array(key))
        let expected = Array("v1,\(Data(code).base64EncodedString())".utf8)
        return signatures.split(separator: " ").contains { constantTimeEquals(Array($0.utf8), expected) }
    }
}
