import Content
import FoundationEssentials
import Platform
import Postgres
import Storefront
import TestKit
import Testing

@Suite("Webhooks in the database")
struct WebhookLifeTests {
    @Test("6.11: an endpoint where nothing arrives for five days is switched off, and one that answers again is not")
    func switchedOff() async throws {
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 4))
            let outbox = Outbox(database: database), webhooks = Webhooks(database: database)
            let developer = DeveloperID(UUID())
            try await database.execute("INSERT INTO developers (developer_id, company_name) VALUES (\(developer), 'A')")
            let endpoint = try await webhooks.create(
                Webhooks.Terms(url: "https://a.example/", types: nil, description: nil, isEnabled: nil), for: developer)
            func tell() async throws {
                let event = try OutgoingEvent(type: "x.y", developer: developer, aggregate: "a", data: ["a": 1])
                _ = try await database.transaction { try await outbox.put(event, in: $0) }
            }
            func attempt(error: String?) async throws -> WebhookEndpoint {
                let next = try #require(try await outbox.pending(for: endpoint.id, limit: 1).first)
                try await outbox.record(next, to: endpoint.id, status: nil, error: error, exhausted: false)
                return try #require(try await webhooks.endpoint(endpoint.id, of: developer))
            }
            try await tell()
            let failing = try await attempt(error: "refused")
            #expect(failing.isEnabled && failing.failingSince != nil)
            #expect(try await attempt(error: nil).failingSince == nil)
            try await tell()
            _ = try await attempt(error: "refused")
            try await database.execute("UPDATE webhook_endpoints SET failing_since = now() - interval '6 days'")
            let off = try await attempt(error: "refused")
            #expect(!off.isEnabled && off.disabledReason == "nothing arrived for 5 days")
            #expect(try await outbox.endpoint(endpoint.id) == nil)
            let on = try await webhooks.update(
                endpoint.id, of: developer, Webhooks.Terms(url: nil, types: nil, description: nil, isEnabled: true))
            #expect(on?.isEnabled == true && on?.disabledReason == nil && on?.failingSince == nil)
            await database.close()
        }
    }

    @Test("a secret is the same for the same generation, another for the next, and nobody else's")
    func secrets() {
        let one = WebhookSecrets(secret: [UInt8](repeating: 1, count: 32))
        let other = WebhookSecrets(secret: [UInt8](repeating: 2, count: 32))
        let endpoint = UUID()
        #expect(one.secret(of: endpoint, generation: 1) == one.secret(of: endpoint, generation: 1))
        #expect(one.secret(of: endpoint, generation: 1) != one.secret(of: endpoint, generation: 2))
        #expect(one.secret(of: endpoint, generation: 1) != one.secret(of: UUID(), generation: 1))
        #expect(one.secret(of: endpoint, generation: 1) != other.secret(of: endpoint, generation: 1))
    }
}
