import Digests
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Storefront

/// Where one service hears facts of the Developer Service: genuine ones, each once, and none that are not its own.
struct Inbox: Sendable {
    /// Under which path: `admin` hears at `/admin/events`.
    let service: String
    let state: PlatformState
    /// `whsec_` and base64: what facts are signed with.
    let secret: String
    /// What the service remembers of a fact; false when the contract has no such fact.
    let hear: @Sendable (Fact, inout PlatformState.Values) -> Bool

    func add(to router: Router<BasicRequestContext>) {
        router.post(RouterPath("\(self.service)/events"), use: self.receive)
    }

    @Sendable private func receive(_ request: Request, context: BasicRequestContext) async throws -> Response {
        let body = Array(try await request.body.collect(upTo: 4 << 20).readableBytesView)
        func header(_ name: String) -> String { HTTPField.Name(name).flatMap { request.headers[$0] } ?? "" }
        let id = header("webhook-id"), timestamp = header("webhook-timestamp")
        guard self.isGenuine("\(id).\(timestamp).", body, signatures: header("webhook-signature")) else {
            return .refusal(.unauthorized, "bad-signature")
        }
        guard let event = try? JSONParser.parse(body), let fact = Fact(event) else {
            return .refusal(.badRequest, "malformed")
        }
        let isKnown = self.state.change { values in
            guard values.eventIDs.insert("\(self.service)/\(id)").inserted else { return true }
            return self.hear(fact, &values)
        }
        return isKnown ? Response(status: .noContent) : .refusal(.unprocessableContent, "unknown-fact")
    }

    /// As Standard Webhooks says: any of several signatures may be the one.
    private func isGenuine(_ head: String, _ body: [UInt8], signatures: String) -> Bool {
        guard let key = Data(base64Encoded: String(self.secret.dropFirst("whsec_".count))) else { return false }
        let code = HMACSHA256.authenticate(Array(head.utf8) + body, key: Array(key))
        let expected = Array("v1,\(Data(code).base64EncodedString())".utf8)
        return signatures.split(separator: " ").contains { constantTimeEquals(Array($0.utf8), expected) }
    }
}

/// One thing that happened, as CloudEvents has it.
struct Fact: Sendable {
    let type: String
    let data: JSONObject
    /// Whole, as it came.
    let event: JSONValue

    init?(_ event: JSONValue) {
        guard case .object(let object) = event, let type = object.text("type"), case .object(let data)? = object["data"]
        else { return nil }
        self.type = type
        self.data = data
        self.event = event
    }
}
