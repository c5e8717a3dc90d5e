import API
import Content
import FoundationEssentials
import NIOHTTP1
import ObjectStore
import Postgres
import Storefront
import Testing

@Suite("Games over HTTP")
struct GamesAPITests {
    @Test("EP-08, EP-10: a new game is the caller's, whatever the body says")
    func create() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company(), stranger = try await api.company()
            let made = try await api.call(
                .POST, "/games", as: admin.caller,
                json: [
                    "title": "Ведьмак", "developer_id": .string(stranger.developer.description), "status": "published",
                ])
            #expect(made.status == 201 && made.json["status"].text == "draft")
            #expect(made.json["developer_id"].text == admin.developer.description)
            let id = try #require(made.json["game_id"].text)
            #expect(made.header("location") == "/api/v1/developer/games/\(id)")
            #expect(id == id.lowercased() && made.json["created_at"].text?.hasSuffix("Z") == true)

            let read = try await api.call(.GET, "/games/\(id.uppercased())", as: admin.caller)
            #expect(read.status == 200 && read.json == made.json)
            #expect(read.json["current_version"] == .null && read.json["allowed_transitions"] == ["submit"])
            let head = try await api.call(.HEAD, "/games/\(id)", as: admin.caller)
            #expect(head.status == 200 && head.bytes.isEmpty)
            for other in ["/games/x", "/games/\(UUID())", "/games/00000000"] {
                #expect(try await api.call(.GET, other, as: admin.caller).status == 404)
            }
        }
    }

    @Test("EP-09: pages hold every game once, and cursors are nobody's to invent")
    func list() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let empty = try await api.call(.GET, "/games", as: admin.caller)
            #expect(empty.json == ["items": [], "next_cursor": .null] && empty.header("link") == nil)
            for index in 0..<7 { _ = try await api.game(of: admin, title: "Game \(index)") }
            var titles: [String?] = [], path = "/games?limit=3&status=draft"
            for _ in 0..<3 {
                let page = try await api.call(.GET, path, as: admin.caller)
                titles += page.json["items"].items.map { $0["title"].text }
                guard let cursor = page.json["next_cursor"].text else { break }
                let link = try #require(page.header("link"))
                #expect(link.hasSuffix("; rel=\"next\"") && link.contains("limit=3") && link.contains(cursor))
                path = String(link.dropFirst().prefix { $0 != ">" }.dropFirst(APIHarness.prefix.count))
            }
            #expect(titles == (0..<7).reversed().map { "Game \($0)" })
            let found = try await api.call(.GET, "/games?q=gAmE%203", as: admin.caller)
            #expect(found.json["items"].items.count == 1)
        }
    }

    static let badQueries: [(String, String)] = [
        ("limit=0", "?limit"), ("limit=201", "?limit"), ("limit=9223372036854775808", "?limit"), ("limit=x", "?limit"),
        ("status=sold", "?status"), ("cursor=abc", "?cursor"), ("cursor=%FF", "?cursor"), ("q=%00", "?q"),
        ("limit=1&limit=2", "?limit"), ("q=\(String(repeating: "a", count: 256))", "?q"),
    ]

    @Test("queries that cannot be are refused by name")
    func queries() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            for (query, pointer) in Self.badQueries {
                let answer = try await api.call(.GET, "/games?\(query)", as: admin.caller)
                #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].text == pointer, "\(query)")
            }
            #expect(
                try await api.call(.GET, "/games?sort=secret&q=%27%29%20OR%20true--", as: admin.caller).status == 200)
            let cursor = try await Self.cursorOfGames(api, admin)
            let other = try await api.call(
                .GET, "/jobs?cursor=\(cursor)", as: admin.caller)
            #expect(other.status == 422)
        }
    }

    private static func cursorOfGames(_ api: APIHarness, _ admin: Member) async throws -> String {
        for _ in 0..<2 { _ = try await api.game(of: admin) }
        return try #require(try await api.call(.GET, "/games?limit=1", as: admin.caller).json["next_cursor"].text)
    }

    @Test("EP-11: a title changes; a status only where it may")
    func update() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let path = "/games/\(try await api.game(of: admin))"
            let renamed = try await api.call(.PUT, path, as: admin.caller, json: ["title": "New"])
            #expect(renamed.status == 200 && renamed.json["title"].text == "New" && renamed.header("etag") == "\"r2\"")
            let published = try await api.call(
                .PUT, path, as: admin.caller, json: ["status": "published", "title": "Newer"])
            #expect(published.status == 409 && published.code == "invalid-transition")
            #expect(published.json["current"].text == "draft" && published.json["allowed_transitions"] == ["submit"])
            #expect(try await api.call(.GET, path, as: admin.caller).json["title"].text == "New")
            #expect(try await api.call(.PUT, path, as: admin.caller, json: ["status": "sold"]).status == 422)
            #expect(try await api.call(.PUT, path, as: admin.caller, json: ["title": ""]).status == 422)
            #expect(try await api.call(.PATCH, path, as: admin.caller, json: [:]).status == 200)
            let stale = try await api.call(
                .PATCH, path, as: admin.caller, json: ["title": "x"], headers: [("if-match", "\"r1\"")])
            #expect(stale.status == 412)
            try await api.database.execute("UPDATE games SET status = 'pending_review'")
            let withdrawn = try await api.call(.PUT, path, as: admin.caller, json: ["status": "draft"])
            #expect(withdrawn.json["status"].text == "draft")
        }
    }

    @Test("EP-12: a draft goes with its upload; a published game and one in the works stay")
    func delete() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let id = try await api.game(of: admin)
            let version = try await api.version(of: id, by: admin, size: 100)
            let part = version.path + "/upload/parts/1"
            #expect(
                try await api.call(.PUT, part, as: admin.caller, bytes: [UInt8](repeating: 1, count: 100)).status == 200
            )
            #expect(try await api.services.store.listMultipartUploads(prefix: "").count == 1)
            try await api.database.execute("UPDATE game_versions SET status = 'processing'")
            let busy = try await api.call(.DELETE, "/games/\(id)", as: admin.caller)
            #expect(busy.status == 409 && busy.code == "builds-in-progress" && busy.json["versions"] == ["1.0"])
            try await api.database.execute("UPDATE game_versions SET status = 'uploading'")
            try await api.database.execute("UPDATE games SET status = 'published'")
            #expect(try await api.call(.DELETE, "/games/\(id)", as: admin.caller).code == "invalid-transition")
            try await api.database.execute("UPDATE games SET status = 'draft'")
            #expect(try await api.call(.DELETE, "/games/\(id)", as: admin.caller).status == 204)
            #expect(try await api.call(.GET, "/games/\(id)", as: admin.caller).status == 404)
            #expect(try await api.call(.DELETE, "/games/\(id)", as: admin.caller).status == 404)
            #expect(try await api.services.store.listMultipartUploads(prefix: "").isEmpty)
            #expect(try await api.services.store.list(prefix: "", after: nil, limit: 10).isEmpty)
        }
    }
}
