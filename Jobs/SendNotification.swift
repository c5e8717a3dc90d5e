import Accounts
import Content
public import JobLifecycle
public import JobQueue
import Logging
import Platform
import Storefront

/// Has Notification Service tell people of an event by mail.
///
/// Carries the event's number only; who is told is looked up when it runs, so that somebody who has left is not. Sent with
/// the number as key, so that a repeat sends no second mail.
public struct SendNotification: Job {
    public static let kind: JobKind = "send-notification"
    public static let policy = JobPolicy(
        queue: "events", retry: RetryPolicy(maxAttempts: 20), timeout: .seconds(60))

    let seq: Int64

    /// The event by which an invitation is sent: it goes to an address, not to a member.
    static let invitation = "team.invitation_sent"
}

struct SendNotificationHandler: JobHandler {
    let notifications: Notifications
    let invitations: InvitationTokens
    /// Nil where there is no Notification Service.
    let service: NotificationService?

    func perform(_ work: SendNotification, attempt: Attempt) async throws -> Outcome {
        guard let service = self.service, let (event, users) = try await self.notifications.message(work.seq) else {
            return .completed
        }
        guard let message = self.message(event, to: users) else { return .completed }
        let cause = AuditActor(
            kind: .system, identifier: SendNotification.kind.rawValue, address: nil, userAgent: nil,
            requestID: event.requestID, traceparent: event.traceparent)
        try await AuditActor.$current.withValue(cause) { try await service.send(message, seq: work.seq) }
        return .completed
    }

    /// - Returns: nil when there is nobody to tell.
    private func message(_ event: CloudEvent, to users: [UserID]) -> NotificationService.Message? {
        if event.type == SendNotification.invitation { return self.invitation(event) }
        guard !users.isEmpty else { return nil }
        return NotificationService.Message(template: event.type, to: .users(users), data: event.json)
    }

    /// The one place where an invitation's token is written down: in the mail.
    private func invitation(_ event: CloudEvent) -> NotificationService.Message? {
        guard case .string(let text)? = event.data.object?["invitation_id"], let id = InvitationID(text),
            case .string(let email)? = event.data.object?["email"],
            case .number(let number)? = event.data.object?["sending"], let sending = number.int64
        else { return nil }
        let token = self.invitations.token(of: id, sending: Int(sending))
        var data = event.json.object ?? JSONObject()
        data["token"] = .string(token)
        return NotificationService.Message(template: event.type, to: .address(email), data: .object(data))
    }
}
