import Content
import HTTPTypes
import Hummingbird
import Platform
import Storefront

/// What the caller was told, and wants to be.
struct NotificationRoutes: Sendable {
    private let notifications: Notifications
    private let cursors: CursorCodec
    private let limits: APILimits

    init(_ services: APIServices) {
        self.notifications = Notifications(database: services.database)
        self.cursors = services.cursors
        self.limits = services.limits
    }

    /// `GET /notifications`: newest first; `?unread=true` for those not read yet.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let unread = query.choice("unread", of: Flag.self)
        let limit = query.limit()
        let cursor = query.cursor(self.cursors, for: "notifications", fields: 1)
        try query.finish()
        let records = try await self.notifications.list(
            of: try context.requireUser(), in: try context.requireDeveloper(), unreadOnly: unread == .true,
            before: cursor?.first.flatMap { Int64($0) }, limit: Page<NotificationRecord>.probe(limit))
        return Page(records, limit: limit).response(
            request, codec: self.cursors, list: "notifications", cursor: { ["\($0.id)"] }, json: Self.json)
    }

    /// `POST /notifications/read`: some by `ids`, or all.
    @Sendable func read(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readOptionalObject(within: self.limits) ?? JSONObject())
        let ids = fields.optionalTexts("ids", count: 0...1000, "the number of a notification") { Int64($0) }
        try fields.finish()
        let count = try await self.notifications.markRead(
            ids, of: try context.requireUser(), in: try context.requireDeveloper())
        return .json(["read_count": .integer(count)])
    }

    /// `GET /notifications/preferences`.
    @Sendable func preferences(_ request: Request, context: APIContext) async throws -> Response {
        let preferences = try await self.notifications.preferences(
            of: try context.requireUser(), in: try context.requireDeveloper())
        return .json(Self.json(preferences))
    }

    /// `PUT /notifications/preferences`: topics that are not named stay.
    @Sendable func setPreferences(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.limits))
        let (user, developer) = (try context.requireUser(), try context.requireDeveloper())
        let current = try await self.notifications.preferences(of: user, in: developer)
        var changed: [NotificationPreference] = []
        for preference in current {
            let name = preference.topic.rawValue
            guard let change = fields.objectChange(name, maximumSize: .kibibytes(1)) else { continue }
            guard case .set(.object(let object)) = change else {
                changed.append(NotificationPreference(topic: preference.topic, email: true, portal: true))
                continue
            }
            func flag(_ way: String, _ kept: Bool) -> Bool {
                switch object[way] {
                case nil: return kept
                case .bool(let flag)?: return flag
                case let value?:
                    fields.fail(at: "/\(name)/\(way)", "type", "must be true or false, not \(value.kind)")
                    return kept
                }
            }
            changed.append(
                NotificationPreference(
                    topic: preference.topic, email: flag("email", preference.email),
                    portal: flag("portal", preference.portal)))
        }
        try fields.finish()
        try await self.notifications.setPreferences(changed, of: user, in: developer)
        return .json(Self.json(try await self.notifications.preferences(of: user, in: developer)))
    }

    private enum Flag: String, CaseIterable {
        case `true`, `false`
    }

    private static func json(_ record: NotificationRecord) -> JSONValue {
        [
            "notification_id": .string("\(record.id)"), "topic": .string(record.topic.rawValue),
            "event": record.event.json, "created_at": .time(record.createdAt), "read_at": .time(record.readAt),
        ]
    }

    private static func json(_ preferences: [NotificationPreference]) -> JSONValue {
        .object(
            JSONObject(
                preferences.map { preference in
                    (preference.topic.rawValue, ["email": .bool(preference.email), "portal": .bool(preference.portal)])
                }))
    }
}
