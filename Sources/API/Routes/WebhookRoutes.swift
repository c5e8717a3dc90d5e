import Content
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Platform
import Postgres
import Storefront

/// Where a company's events go, and what became of them.
struct WebhookRoutes: Sendable {
    private let services: APIServices
    private let webhooks: Webhooks

    /// Types of events that one endpoint may name.
    private static let mostTypes = 50

    init(_ services: APIServices) {
        self.services = services
        self.webhooks = Webhooks(database: services.database)
    }

    /// `POST /webhooks`: the only answer but that of a rotation that has the secret in it.
    @Sendable func create(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.services.limits))
        if fields.requiredText("url", length: 1...2000) == nil { try fields.finish() }
        let terms = self.terms(&fields)
        try fields.finish()
        let endpoint = try await self.webhooks.create(terms, for: try context.requireDeveloper())
        return .json(
            self.json(endpoint, showingSecret: true), status: .created,
            headers: [.location: "\(RouteTable.prefix)/webhooks/\(endpoint.id.uuidString.lowercased())"])
    }

    /// `GET /webhooks`.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        let endpoints = try await self.webhooks.list(of: try context.requireDeveloper())
        return .json([
            "items": .array(endpoints.map { self.json($0, showingSecret: false) }), "next_cursor": .null,
        ])
    }

    /// `GET /webhooks/{webhook_id}`.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        .json(self.json(try await self.endpoint(context), showingSecret: false))
    }

    /// `PATCH /webhooks/{webhook_id}`: what is absent stays; switching it on forgets that it failed.
    @Sendable func update(_ request: Request, context: APIContext) async throws -> Response {
        let id = try Self.identifier(context)
        var fields = Fields(try await request.readObject(within: self.services.limits))
        let terms = self.terms(&fields)
        try fields.finish()
        guard let endpoint = try await self.webhooks.update(id, of: try context.requireDeveloper(), terms) else {
            throw HTTPProblem.notFound
        }
        return .json(self.json(endpoint, showingSecret: false))
    }

    /// `DELETE /webhooks/{webhook_id}`.
    @Sendable func delete(_ request: Request, context: APIContext) async throws -> Response {
        let id = try Self.identifier(context)
        guard try await self.webhooks.delete(id, of: try context.requireDeveloper()) else { throw HTTPProblem.notFound }
        return .noContent
    }

    /// `POST /webhooks/{webhook_id}/rotate-secret`: both secrets sign for a day.
    @Sendable func rotateSecret(_ request: Request, context: APIContext) async throws -> Response {
        let id = try Self.identifier(context)
        guard let endpoint = try await self.webhooks.rotateSecret(id, of: try context.requireDeveloper()) else {
            throw HTTPProblem.notFound
        }
        return .json(self.json(endpoint, showingSecret: true))
    }

    /// `POST /webhooks/{webhook_id}/ping`: sends an event of the type `webhook.ping` there alone.
    @Sendable func ping(_ request: Request, context: APIContext) async throws -> Response {
        let endpoint = try await self.endpoint(context)
        guard endpoint.isEnabled else { throw WebhookError.disabled }
        let (outbox, deliver) = (Outbox(database: self.services.database), self.services.deliver)
        try await self.services.database.transaction { transaction in
            try await outbox.ping(endpoint, in: transaction)
            try await deliver(endpoint.id, transaction)
        }
        return Response(status: .accepted)
    }

    /// `GET /webhooks/{webhook_id}/deliveries`: newest first.
    @Sendable func deliveries(_ request: Request, context: APIContext) async throws -> Response {
        let endpoint = try await self.endpoint(context)
        var query = QueryFields(request)
        let state = query.choice("status", of: WebhookDelivery.State.self)
        let limit = query.limit()
        let cursor = query.cursor(self.services.cursors, for: "deliveries", fields: 1)
        try query.finish()
        let deliveries = try await self.webhooks.deliveries(
            to: endpoint.id, state: state, before: cursor?.first.flatMap { Int64($0) },
            limit: Page<WebhookDelivery>.probe(limit))
        return Page(deliveries, limit: limit).response(
            request, codec: self.services.cursors, list: "deliveries", cursor: { ["\($0.seq)"] }, json: Self.json)
    }

    /// `POST /webhooks/{webhook_id}/deliveries/{seq}/redeliver`.
    @Sendable func redeliver(_ request: Request, context: APIContext) async throws -> Response {
        let endpoint = try await self.endpoint(context)
        guard let seq = context.parameters.get("seq").flatMap({ Int64($0) }) else { throw HTTPProblem.notFound }
        guard endpoint.isEnabled else { throw WebhookError.disabled }
        let (webhooks, deliver) = (self.webhooks, self.services.deliver)
        let delivery = try await self.services.database.transaction { transaction -> WebhookDelivery? in
            let delivery = try await webhooks.redeliver(seq, to: endpoint.id, in: transaction)
            if delivery != nil { try await deliver(endpoint.id, transaction) }
            return delivery
        }
        guard let delivery else { throw HTTPProblem.notFound }
        return .json(Self.json(delivery), status: .accepted)
    }

    private func terms(_ fields: inout Fields) -> Webhooks.Terms {
        let url = fields.optionalText("url", length: 1...2000)
        if let url, WebhookURL(url, isDevelopment: self.services.allowsPrivateWebhooks) == nil {
            fields.fail("url", "format", "must be an https URL of a public host, on a port that web servers have")
        }
        let types = fields.optionalTexts("types", count: 0...Self.mostTypes, "a type such as version.ready") { text in
            let isType =
                (1...100).contains(text.utf8.count)
                && text.utf8.allSatisfy {
                    (0x61...0x7a).contains($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
                }
            return isType ? text : nil
        }
        return Webhooks.Terms(
            url: url, types: types, description: fields.optionalText("description", length: 0...200),
            isEnabled: fields.flag("enabled"))
    }

    private func endpoint(_ context: APIContext) async throws -> WebhookEndpoint {
        let endpoint = try await self.webhooks.endpoint(
            try Self.identifier(context), of: try context.requireDeveloper())
        guard let endpoint else { throw HTTPProblem.notFound }
        return endpoint
    }

    private static func identifier(_ context: APIContext) throws(HTTPProblem) -> UUID {
        guard let id = context.parameters.get("webhook_id").flatMap({ UUID(uuidString: String($0)) }) else {
            throw .notFound
        }
        return id
    }

    private func json(_ endpoint: WebhookEndpoint, showingSecret: Bool) -> JSONValue {
        var object = JSONObject([
            ("webhook_id", .string(endpoint.id.uuidString.lowercased())), ("url", .string(endpoint.url)),
            ("types", .array(endpoint.types.map { .string($0) })), ("description", .text(endpoint.description)),
            ("enabled", .bool(endpoint.isEnabled)), ("disabled_reason", .text(endpoint.disabledReason)),
            ("failing_since", .time(endpoint.failingSince)), ("old_secret_until", .time(endpoint.oldSecretUntil)),
            ("created_at", .time(endpoint.createdAt)), ("updated_at", .time(endpoint.updatedAt)),
        ])
        if showingSecret {
            object["secret"] = .string(
                self.services.webhookSecrets.secret(of: endpoint.id, generation: endpoint.generation))
        }
        return .object(object)
    }

    private static func json(_ delivery: WebhookDelivery) -> JSONValue {
        [
            "seq": .integer(delivery.seq), "event_id": .string(delivery.event.uuidString.lowercased()),
            "type": .string(delivery.type), "status": .string(delivery.state.rawValue),
            "attempts": .integer(delivery.attempts), "last_status": .integer(delivery.lastStatus),
            "last_error": .text(delivery.lastError), "created_at": .time(delivery.createdAt),
            "attempted_at": .time(delivery.attemptedAt), "delivered_at": .time(delivery.deliveredAt),
        ]
    }
}
