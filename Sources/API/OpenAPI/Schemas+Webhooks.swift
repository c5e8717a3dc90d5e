import Platform
import Storefront

extension Schemas {
    /// Of events and webhooks.
    static let webhooks: [(String, JSONValue)] = [
        ("NewWebhook", object(terms, ["url"])), ("WebhookChange", object(terms, [])), ("Webhook", webhook(extra: [])),
        ("CreatedWebhook", webhook(extra: [("secret", string)])), ("WebhookList", list("Webhook")),
        ("Delivery", delivery), ("DeliveryList", list("Delivery")), ("Event", event),
        (
            "EventPage",
            object(
                ["items": array(reference("Event")), "last_seq": integer, "has_more": flag],
                ["items", "last_seq", "has_more"])
        ),
    ]

    private static let terms: JSONValue = [
        "url": ["type": "string", "maxLength": 2000], "types": ["type": ["array", "null"], "items": string],
        "description": nullable("string"), "enabled": nullable("boolean"),
    ]

    private static func webhook(extra: [(String, JSONValue)]) -> JSONValue {
        let properties: [(String, JSONValue)] = [
            ("webhook_id", id), ("url", string), ("types", array(string)), ("description", nullable("string")),
            ("enabled", flag), ("disabled_reason", nullable("string")), ("failing_since", perhapsTime),
            ("old_secret_until", perhapsTime), ("created_at", time), ("updated_at", time),
        ]
        return object(
            .object(JSONObject(properties + extra)),
            ["webhook_id", "url", "types", "enabled", "created_at", "updated_at"])
    }

    private static let delivery = object(
        [
            "seq": integer, "event_id": id, "type": string, "status": words(WebhookDelivery.State.self),
            "attempts": integer, "last_status": nullable("integer"), "last_error": nullable("string"),
            "created_at": time, "attempted_at": perhapsTime, "delivered_at": perhapsTime,
        ], ["seq", "event_id", "type", "status", "attempts", "created_at"])

    /// CloudEvents 1.0.
    private static let event = object(
        [
            "specversion": ["const": "1.0"], "id": id, "type": string, "source": string, "subject": string,
            "time": time,
            "datacontenttype": string, "sequence": string, "seq": integer, "data": ["type": "object"],
            "requestid": string,
        ], ["specversion", "id", "type", "source", "subject", "time", "sequence", "seq", "data"])
}
