public import FoundationEssentials
import Postgres
public import Storefront

/// Something one person is told: a row of `notifications` with its event.
public struct NotificationRecord: Equatable, Sendable {
    /// Rises with time.
    public let id: Int64
    public let topic: NotificationTopic
    public let event: CloudEvent
    public let createdAt: Date
    public let readAt: Date?

    init(_ row: Row) throws(PostgresError) {
        self.id = try row("notification_id")
        let topic: String = try row("topic")
        guard let known = NotificationTopic(rawValue: topic) else {
            throw .decoding(column: "topic", expected: "NotificationTopic", got: topic)
        }
        self.topic = known
        self.event = try CloudEvent(row)
        self.createdAt = try row("created_at")
        self.readAt = try row("read_at")
    }
}

/// Which ways somebody wants to hear of a topic.
public struct NotificationPreference: Equatable, Sendable {
    public let topic: NotificationTopic
    public let email: Bool
    public let portal: Bool

    public init(topic: NotificationTopic, email: Bool, portal: Bool) {
        self.topic = topic
        self.email = email
        self.portal = portal
    }
}
