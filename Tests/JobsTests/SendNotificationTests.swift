import Accounts
import AsyncHTTPClient
import Content
import FoundationEssentials
import JobQueue
import Platform
import Postgres
import Storefront
import TestKit
import Testing

@testable import Jobs

@Suite("Telling people by mail")
struct SendNotificationTests {
    private static let invitations = InvitationTokens(secret: [UInt8](repeating: 5, count: 32))

    /// Tells an event as the program does, and runs the jobs that follow from it, each twice.
    private static func tell(
        _ event: (ShopJobFixture) throws -> OutgoingEvent, members: [(UserID, Role)], status: Int = 202,
        then: (ShopJobFixture) async throws -> Void = { _ in }, _ check: @Sendable ([HTTPStub.Call]) throws -> Void
    ) async throws {
        try await ShopJobFixture.with { fixture in
            for (user, role) in members {
                try await fixture.database.execute(
                    """
                    INSERT INTO developer_teams (developer_id, user_id, role)
                    VALUES (\(fixture.developer), \(user), \(role.rawValue))
                    """)
            }
            let events = Events(outbox: Outbox(database: fixture.database), queue: fixture.queue)
            let outgoing = try event(fixture)
            try await fixture.database.transaction { try await events.tell(outgoing, in: $0) }
            try await then(fixture)
            let rows = try await fixture.database.rows(
                "SELECT (payload ->> 'seq')::bigint AS seq FROM job WHERE kind = 'send-notification'")
            let numbers: [Int64] = try rows.map { try $0("seq") }
            try await HTTPStub.run({ _ in .init(status: status, "{}") }) { address, stub in
                let handler = SendNotificationHandler(
                    notifications: Notifications(database: fixture.database), invitations: Self.invitations,
                    service: NotificationService(
                        client: ServiceClient(
                            .init(name: "notification", url: address, credentials: .connection), http: .shared)))
                let attempt = Attempt(job: JobID(rawValue: 1), number: 1, maxAttempts: 1, scope: nil, developer: nil)
                for seq in numbers + numbers {
                    guard status < 300 else {
                        await #expect(throws: (any Error).self) {
                            try await handler.perform(SendNotification(seq: seq), attempt: attempt)
                        }
                        continue
                    }
                    _ = try await handler.perform(SendNotification(seq: seq), attempt: attempt)
                }
                try check(stub.calls)
            }
        }
    }

    @Test("IN-7, NT-1: those whose role it concerns get one message, by the event's number, however often it is sent")
    func members() async throws {
        let (admin, finance, developer) = (UserID(UUID()), UserID(UUID()), UserID(UUID()))
        try await Self.tell(
            { fixture in
                try OutgoingEvent(
                    type: "payout.threshold_reached", developer: fixture.developer, aggregate: "finance",
                    data: ["available": "1000.00"])
            }, members: [(admin, .admin), (finance, .finance), (developer, .developer)]
        ) { calls in
            #expect(calls.count == 2 && calls[0].body == calls[1].body)
            let key = calls[0].headers["idempotency-key"] ?? calls[0].headers["Idempotency-Key"]
            #expect(key?.hasPrefix("developer-event-") == true)
            let body = try JSONParser.parse(calls[0].body)
            #expect(body.object?["template"] == "payout.threshold_reached")
            guard case .array(let users)? = body.object?["user_ids"] else {
                Issue.record("nobody is told")
                return
            }
            #expect(
                Set(users.map(\.description)) == ["\"\(admin)\"", "\"\(finance)\""], "the developer sees no money")
        }
    }

    @Test("NT-1: who has left before it is sent is not told, and where nobody is left nothing is sent")
    func gone() async throws {
        try await Self.tell(
            { fixture in
                try OutgoingEvent(
                    type: "review.decided", developer: fixture.developer, aggregate: "game", data: ["x": 1])
            }, members: [(UserID(UUID()), .admin)],
            then: { try await $0.database.execute("DELETE FROM developer_teams") }
        ) { #expect($0.isEmpty) }
    }

    @Test("NT-1: what nobody is told of makes no job")
    func silent() async throws {
        try await Self.tell(
            { fixture in
                try OutgoingEvent(
                    type: "version.ready", developer: fixture.developer, aggregate: "game", data: ["x": 1])
            }, members: [(UserID(UUID()), .admin)]
        ) { #expect($0.isEmpty) }
    }

    @Test("TM-1: an invitation goes to its address with its token, which no event and no row holds")
    func invitation() async throws {
        let id = InvitationID(UUID())
        let token = Self.invitations.token(of: id, sending: 2)
        try await Self.tell(
            { fixture in
                OutgoingEvent(
                    type: "team.invitation_sent", developer: fixture.developer, aggregate: "invitation/\(id)",
                    json: #"{"invitation_id":"\#(id)","email":"anna@example.com","sending":2}"#)
            }, members: [],
            then: { fixture in
                let rows: [String] = try await fixture.database.rows("SELECT data::text AS data FROM outbox").map {
                    try $0("data")
                }
                #expect(!rows.joined().contains(token))
            }
        ) { calls in
            let text = String(decoding: calls.first?.body ?? [], as: UTF8.self)
            #expect(text.contains(token) && text.contains(#""email":"anna@example.com""#))
        }
    }

    @Test("IN-7: while the service is away the job fails and is tried again")
    func away() async throws {
        try await Self.tell(
            { fixture in
                try OutgoingEvent(
                    type: "review.decided", developer: fixture.developer, aggregate: "game", data: ["x": 1])
            }, members: [(UserID(UUID()), .admin)], status: 503
        ) { #expect(!$0.isEmpty) }
    }
}
