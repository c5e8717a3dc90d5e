import HTTPTypes
import Storefront

extension RouteTable {
    /// Events, and the endpoints they are sent to.
    static let webhooks: [RouteDeclaration] = [
        route(
            .createWebhook, .post, "/webhooks", .permission(.webhooksManage), "Have events sent", "NewWebhook", 201,
            "CreatedWebhook"
        ).showingOnce("secret"),
        route(.listWebhooks, .get, "/webhooks", .permission(.webhooksManage), "List webhooks", nil, 200, "WebhookList"),
        route(.getWebhook, .get, webhook, .permission(.webhooksManage), "Read a webhook", nil, 200, "Webhook"),
        route(
            .updateWebhook, .patch, webhook, .permission(.webhooksManage), "Change a webhook", "WebhookChange", 200,
            "Webhook"),
        route(.deleteWebhook, .delete, webhook, .permission(.webhooksManage), "Delete a webhook", nil, 204, nil),
        route(
            .rotateWebhookSecret, .post, "\(webhook)/rotate-secret", .permission(.webhooksManage), "Replace the secret",
            nil, 200, "CreatedWebhook"
        ).showingOnce("secret"),
        route(
            .pingWebhook, .post, "\(webhook)/ping", .permission(.webhooksManage), "Send an event to try it", nil, 202,
            nil),
        route(
            .listDeliveries, .get, "\(webhook)/deliveries", .permission(.webhooksManage), "List deliveries", nil, 200,
            "DeliveryList"),
        route(
            .redeliver, .post, "\(webhook)/deliveries/{seq}/redeliver", .permission(.webhooksManage),
            "Deliver an event again", nil, 202, "Delivery"),
        route(.listEvents, .get, "/events", .permission(.eventsRead), "Read what happened", nil, 200, "EventPage"),
    ]

    private static let webhook = "/webhooks/{webhook_id}"
}
