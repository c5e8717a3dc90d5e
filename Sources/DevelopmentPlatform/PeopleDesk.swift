import HTTPTypes
import Hummingbird
import Storefront

/// Account Service and Notification Service in small: everybody has a name, and what would be sent is kept to be looked at.
struct PeopleDesk: Sendable {
    let state: PlatformState

    func add(to router: Router<BasicRequestContext>) {
        router.post("account/internal/v1/users/lookup", use: self.lookup)
        router.post("notification/internal/v1/messages", use: self.notify)
        router.get("desk/notifications", use: self.list)
    }

    @Sendable private func lookup(_ request: Request, context: BasicRequestContext) async throws -> Response {
        guard case .array(let ids)? = try await request.object()["user_ids"] else {
            return .refusal(.badRequest, "malformed")
        }
        let users = ids.prefix(1000).compactMap { id -> JSONValue? in
            guard case .string(let id) = id else { return nil }
            let short = String(id.prefix(8))
            return ["user_id": .string(id), "name": .string("User \(short)"), "email": .string("\(short)@example.com")]
        }
        return .json(["users": .array(users)])
    }

    @Sendable private func notify(_ request: Request, context: BasicRequestContext) async throws -> Response {
        let object = try await request.object()
        guard object.text("template") != nil,
            let key = HTTPField.Name("idempotency-key").flatMap({ request.headers[$0] })
        else { return .refusal(.badRequest, "malformed") }
        self.state.change { values in
            // The same key never sends a second message.
            guard values.eventIDs.insert("notification/\(key)").inserted else { return }
            values.notifications.append(.object(object))
        }
        return Response(status: .accepted)
    }

    /// `GET /desk/notifications`: the last hundred.
    @Sendable private func list(_ request: Request, context: BasicRequestContext) async throws -> Response {
        .json(["items": .array(self.state.read { Array($0.notifications.suffix(100)) })])
    }
}
