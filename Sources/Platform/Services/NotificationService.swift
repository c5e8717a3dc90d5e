public import Content
public import Storefront

/// Notification Service: sends mail to people.
public struct NotificationService: Sendable {
    /// Whom a message is for.
    public enum Recipients: Equatable, Sendable {
        /// People it knows the addresses of.
        case users([UserID])
        /// Somebody who is not a user yet.
        case address(String)
    }

    /// One message, written by the service from a template.
    public struct Message: Equatable, Sendable {
        public let template: String
        public let to: Recipients
        public let data: JSONValue

        public init(template: String, to: Recipients, data: JSONValue) {
            self.template = template
            self.to = to
            self.data = data
        }
    }

    private let client: ServiceClient

    public init(client: ServiceClient) { self.client = client }

    /// - Parameter seq: of the event it is about: the same event is told once.
    /// - Throws: ``ServiceError``, or `CancellationError`.
    public func send(_ message: Message, seq: Int64) async throws {
        var body = JSONObject([("template", .string(message.template)), ("data", message.data)])
        switch message.to {
        case .users(let users): body["user_ids"] = .texts(users)
        case .address(let address): body["email"] = .string(address)
        }
        _ = try await self.client.answer(
            to: .post("/internal/v1/messages", .object(body), idempotencyKey: "developer-event-\(seq)"))
    }
}
