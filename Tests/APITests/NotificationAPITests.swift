import API
import Content
import Digests
import FoundationEssentials
import NIOHTTP1
import ObjectStore
import Platform
import Postgres
import Storefront
import Testing

@Suite("Notifications and the SDK over HTTP")
struct NotificationAPITests {
    private func tell(_ api: APIHarness, _ type: String, _ developer: DeveloperID) async throws -> Int64? {
        let event = try OutgoingEvent(type: type, developer: developer, aggregate: "a", data: ["x": 1])
        return try await api.database.transaction { transaction -> Int64? in
            try await api.services.conventions.tell(event, transaction)
            return try await Notifications.note(event, in: transaction)
        }
    }

    @Test("NT-1: an event is told to the roles it concerns, each person once, and nobody else")
    func recipients() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let finance = try await api.member(.finance, of: admin.developer)
            let developer = try await api.member(.developer, of: admin.developer)
            let stranger = try await api.company("B")
            let seq = try #require(try await self.tell(api, "payout.completed", admin.developer))
            #expect(try await self.tell(api, "test.happened", admin.developer) == nil)
            for (member, count) in [(admin, 1), (finance, 1), (developer, 0), (stranger, 0)] {
                let list = try await api.call(.GET, "/notifications", as: member.caller)
                #expect(list.status == 200 && list.json["items"].items.count == count)
            }
            let message = try #require(try await Notifications(database: api.database).message(seq))
            #expect(message.event.type == "payout.completed")
            #expect(Set(message.users) == [admin.user, finance.user])

            let mine = try await api.call(.GET, "/notifications", as: finance.caller).json["items"][0]
            #expect(mine["topic"].text == "payouts" && mine["event"]["data"]["x"].number == 1)
            let id = try #require(mine["notification_id"].text)
            let foreign = try await api.call(
                .POST, "/notifications/read", as: developer.caller, json: ["ids": [.string(id)]])
            #expect(foreign.json["read_count"].number == 0)
            for count in [Int64(1), 0] {
                let read = try await api.call(
                    .POST, "/notifications/read", as: finance.caller, json: ["ids": [.string(id)]])
                #expect(read.json["read_count"].number == count)
            }
            #expect(try await api.call(.GET, "/notifications?unread=true", as: finance.caller).json["items"] == [])
            #expect(
                try await api.call(.GET, "/notifications?unread=true", as: admin.caller).json["items"].items.count == 1)
        }
    }

    @Test("what somebody does not want to hear is not told, by mail or in the portal")
    func preferences() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let usual = try await api.call(.GET, "/notifications/preferences", as: admin.caller)
            #expect(usual.json.names == NotificationTopic.allCases.map(\.rawValue))
            #expect(usual.json["payouts"] == ["email": true, "portal": true])
            let changed = try await api.call(
                .PUT, "/notifications/preferences", as: admin.caller,
                json: ["payouts": ["email": false, "portal": false], "company": ["email": false]])
            #expect(changed.json["payouts"] == ["email": false, "portal": false])
            #expect(changed.json["company"] == ["email": false, "portal": true])
            #expect(try await self.tell(api, "payout.completed", admin.developer) == nil)
            #expect(try await self.tell(api, "company.verified", admin.developer) == nil)
            let list = try await api.call(.GET, "/notifications", as: admin.caller)
            #expect(list.json["items"].items.map { $0["topic"].text } == ["company"])
            let bad = try await api.call(
                .PUT, "/notifications/preferences", as: admin.caller, json: ["payouts": ["email": "no"]])
            #expect(bad.status == 422 && bad.json["errors"][0]["pointer"].text == "/payouts/email")
        }
    }

    @Test("SD-1: the latest SDK is found by its number, and comes with its hash")
    func sdk() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let service = try api.service("release-bot", "sdk:publish")
            #expect(try await api.call(.GET, "/sdk/latest", as: admin.caller).status == 404)
            for version in ["1.9.0", "1.10.0"] {
                let bytes = Array("sdk \(version)".utf8)
                let key = try ObjectKey(validating: "sdk/\(version).zip")
                _ = try await api.services.store.put(key, .bytes(bytes), digest: nil, condition: .always)
                let body: JSONValue = [
                    "version": .string(version), "file_name": "sdk.zip", "object_key": .string(key.text),
                    "file_hash": .string(Digest.sha256(of: bytes).description),
                ]
                #expect(try await api.call(.POST, "/internal/v1/sdk", as: service, json: body).status == 201)
                #expect(try await api.call(.POST, "/internal/v1/sdk", as: service, json: body).status == 200)
            }
            let list = try await api.call(.GET, "/sdk", as: admin.caller)
            #expect(list.json["items"].items.map { $0["version"].text } == ["1.10.0", "1.9.0"])
            let latest = try await api.call(.GET, "/sdk/latest", as: admin.caller)
            #expect(latest.json["version"].text == "1.10.0")
            let file = try await api.call(.GET, "/sdk/latest/download", as: admin.caller)
            #expect(file.status == 200 && file.bytes == Array("sdk 1.10.0".utf8))
            #expect(Digest.sha256(of: file.bytes).description == latest.json["file_hash"].text)
            #expect(file.header("repr-digest") != nil)
            for bad in ["1.10", "x", "9.9.9", "01.2.3"] {
                #expect(try await api.call(.GET, "/sdk/\(bad)", as: admin.caller).status == 404, "\(bad)")
            }
            let finance = try await api.member(.finance, of: admin.developer)
            #expect(try await api.call(.GET, "/sdk", as: finance.caller).status == 403)
            let outside = try await api.call(
                .POST, "/internal/v1/sdk", as: service,
                json: [
                    "version": "2.0.0", "file_name": "a", "object_key": "builds/x",
                    "file_hash": .string(String(repeating: "0", count: 64)),
                ])
            #expect(outside.status == 422)
        }
    }
}
