import Storefront

extension Schemas {
    /// Of what people are told.
    static let notifications: [(String, JSONValue)] = [
        ("Notification", notification), ("NotificationList", list("Notification")),
        ("NotificationsRead", object(["ids": ["type": ["array", "null"], "items": string]], [])),
        ("NotificationsReadCount", object(["read_count": integer], ["read_count"])),
        ("NotificationPreferences", preferences),
    ]

    private static let notification = object(
        [
            "notification_id": string, "topic": words(NotificationTopic.self), "event": reference("Event"),
            "created_at": time, "read_at": perhapsTime,
        ], ["notification_id", "topic", "event", "created_at"])

    private static let preferences = object(
        .object(
            JSONObject(
                NotificationTopic.allCases.map { ($0.rawValue, object(["email": flag, "portal": flag], [])) })), [])
}
