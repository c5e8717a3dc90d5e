import API
import Content
import FoundationEssentials
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("Store pages over HTTP")
struct ListingAPITests {
    @Test("EP-17: a fresh game has an empty page, not none")
    func empty() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let page = try await api.call(.GET, "/games/\(game)/metadata", as: admin.caller)
            #expect(page.status == 200 && page.header("etag") == "\"r0\"")
            #expect(page.json["game_id"].text == game && page.json["description"] == .null)
            #expect(page.json["tags"] == [] && page.json["genres"] == [] && page.json["age_rating"] == .null)
            #expect(page.json["media_urls"] == ["screenshots": [], "videos": []] && page.json["updated_at"] == .null)
            let same = try await api.call(
                .GET, "/games/\(game)/metadata", as: admin.caller, headers: [("if-none-match", "\"r0\"")])
            #expect(same.status == 304)
        }
    }

    @Test("EP-18, MT-1: what is written comes back; what is absent stays, and null clears")
    func merge() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let path = "/games/\(try await api.game(of: admin))/metadata"
            let requirements: JSONValue = [
                "minimum": ["os": "Windows 10", "ram_gb": 8, "cpu": ["i5", "Ryzen 5"]],
                "recommended": ["os": "Windows 11", "ssd": true],
            ]
            let first = try await api.call(
                .PUT, path, as: admin.caller,
                json: [
                    "description": "Долгая дорога\nдомой", "short_description": "Дорога",
                    "tags": ["Indie", "indie", " Co-op "],
                    "genres": ["RPG"], "system_requirements": requirements, "age_rating": "16+", "unknown": 1,
                    "media_urls": ["screenshots": ["http://evil"]],
                ])
            #expect(first.status == 200 && first.header("etag") == "\"r1\"", "\(first.json)")
            #expect(first.json["tags"] == ["Indie", "Co-op"] && first.json["age_rating"].text == "16+")
            #expect(first.json["system_requirements"]["minimum"]["cpu"] == ["i5", "Ryzen 5"])
            #expect(first.json["system_requirements"]["minimum"]["ram_gb"] == 8)
            #expect(first.json["media_urls"] == ["screenshots": [], "videos": []])
            let read = try await api.call(.GET, path, as: admin.caller)
            #expect(read.json == first.json)
            let second = try await api.call(
                .PATCH, path, as: admin.caller,
                json: ["short_description": .null, "tags": .null, "genres": ["RPG", "Action"]])
            #expect(
                second.json["description"].text == "Долгая дорога\nдомой" && second.json["short_description"] == .null)
            #expect(second.json["tags"] == [] && second.json["genres"] == ["RPG", "Action"])
            // The same again is no change.
            let third = try await api.call(.PUT, path, as: admin.caller, json: ["genres": ["RPG", "Action"]])
            #expect(third.header("etag") == second.header("etag") && third.json == second.json)
        }
    }

    @Test("MT-1: control characters are dropped before anything is measured")
    func control() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let path = "/games/\(try await api.game(of: admin))/metadata"
            let answer = try await api.call(
                .PUT, path, as: admin.caller,
                json: [
                    "description": "a\u{0}b\u{1b}[31m\r\nc\u{202e}d\te", "short_description": "\u{7}\u{7f}",
                    "tags": ["x\u{0}y"], "system_requirements": ["o\u{1}s": "W\u{0}"],
                ])
            #expect(answer.status == 200, "\(answer.json)")
            #expect(answer.json["description"].text == "ab[31m\ncd\te" && answer.json["short_description"] == .null)
            #expect(answer.json["tags"] == ["xy"] && answer.json["system_requirements"] == ["os": "W"])
        }
    }

    static let refused: [(JSONValue, String, String)] = [
        (["short_description": .string(String(repeating: "я", count: 501))], "/short_description", "length"),
        (["description": .string(String(repeating: "я", count: 50_001))], "/description", "length"),
        (["description": 5], "/description", "type"), (["tags": "x"], "/tags", "type"),
        (["tags": [1]], "/tags/0", "type"),
        (["tags": [""]], "/tags/0", "length"),
        (["tags": .array((0..<51).map { .string("t\($0)") })], "/tags", "length"),
        (["genres": .array((0..<11).map { .string("t\($0)") })], "/genres", "length"),
        (["genres": [.string(String(repeating: "g", count: 51))]], "/genres/0", "length"),
        (["age_rating": "3+"], "/age_rating", "unknown-value"), (["age_rating": 18], "/age_rating", "type"),
        (["system_requirements": [1]], "/system_requirements", "type"),
        (["system_requirements": ["a": ["b": ["c": ["d": ["e": 1]]]]]], "/system_requirements/a/b/c/d", "depth"),
        (["system_requirements": ["": 1]], "/system_requirements/", "length"),
        (
            ["system_requirements": ["os": .string(String(repeating: "x", count: 501))]], "/system_requirements/os",
            "length"
        ),
    ]

    @Test("EP-18: what is too long or of another kind is refused by its pointer, and nothing is changed")
    func limits() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let path = "/games/\(try await api.game(of: admin))/metadata"
            for (body, pointer, code) in Self.refused {
                let answer = try await api.call(.PUT, path, as: admin.caller, json: body)
                #expect(answer.status == 422 && answer.code == "validation-failed", "\(pointer): \(answer.json)")
                #expect(answer.json["errors"][0]["pointer"].text == pointer, "\(answer.json)")
                #expect(answer.json["errors"][0]["code"].text == code, "\(answer.json)")
            }
            let fits = try await api.call(
                .PUT, path, as: admin.caller, json: ["short_description": .string(String(repeating: "я", count: 500))])
            #expect(fits.status == 200 && fits.header("etag") == "\"r1\"")
        }
    }

    @Test("MT-3: the age ratings of Russian law are taken")
    func ratings() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let path = "/games/\(try await api.game(of: admin))/metadata"
            for rating in ["0+", "6+", "12+", "16+", "18+"] {
                let answer = try await api.call(.PUT, path, as: admin.caller, json: ["age_rating": .string(rating)])
                #expect(answer.status == 200 && answer.json["age_rating"].text == rating)
            }
        }
    }

    @Test("AMB-12: marks of other countries' authorities stand beside the Russian one, each from its own scale")
    func foreignRatings() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let path = "/games/\(try await api.game(of: admin))/metadata"
            #expect(try await api.call(.GET, path, as: admin.caller).json["foreign_ratings"] == [:])
            func put(_ ratings: JSONValue) async throws -> Answer {
                try await api.call(.PUT, path, as: admin.caller, json: ["foreign_ratings": ratings])
            }
            let set = try await put(["pegi": "12", "iarc": "12+", "esrb": "E10+"])
            #expect(set.status == 200, "\(set.json)")
            #expect(set.json["foreign_ratings"] == ["iarc": "12+", "pegi": "12", "esrb": "E10+"])
            // What is not named stays; null takes one away.
            let changed = try await put(["pegi": .null, "usk": "6"])
            #expect(changed.json["foreign_ratings"] == ["iarc": "12+", "esrb": "E10+", "usk": "6"])
            let kept = try await api.call(.PUT, path, as: admin.caller, json: ["age_rating": "12+"])
            #expect(kept.json["foreign_ratings"]["iarc"].text == "12+" && kept.json["age_rating"].text == "12+")
            let bad = try await put(["pegi": "13", "kmrb": "15", "esrb": 7])
            #expect(bad.status == 422)
            #expect(
                Set(bad.json["errors"].items.compactMap { $0["pointer"].text }) == [
                    "/foreign_ratings/pegi", "/foreign_ratings", "/foreign_ratings/esrb",
                ])
            #expect(try await put("12").status == 422)
            #expect(try await put(.null).json["foreign_ratings"] == [:])
        }
    }

    @Test("MT-2: many first writers at once make one page, and none is told of our trouble")
    func race() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<12 {
                    group.addTask {
                        try await api.call(
                            .PUT, "/games/\(game)/metadata", as: admin.caller,
                            json: index.isMultiple(of: 2) ? ["description": "a"] : ["age_rating": "6+"]
                        ).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.allSatisfy { $0 == 200 })
            #expect(try await api.database.rows("SELECT FROM game_metadata").count == 1)
            let page = try await api.call(.GET, "/games/\(game)/metadata", as: admin.caller)
            #expect(page.json["description"].text == "a" && page.json["age_rating"].text == "6+")
        }
    }

    @Test("a page that somebody changed meanwhile is not overwritten")
    func conditions() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let path = "/games/\(try await api.game(of: admin))/metadata"
            let put = { (text: String, tag: String) in
                try await api.call(
                    .PUT, path, as: admin.caller, json: ["description": .string(text)], headers: [("if-match", tag)])
            }
            #expect(try await put("one", "\"r0\"").status == 200)
            let stale = try await put("two", "\"r0\"")
            #expect(stale.status == 412 && stale.header("etag") == "\"r1\"" && stale.json["current"].text == "\"r1\"")
            #expect(try await put("three", "\"r1\"").header("etag") == "\"r2\"")
        }
    }

    @Test("VR-12: a CI key changes metadata, but no prices")
    func keys() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let made = try await api.call(
                .POST, "/apikeys", as: admin.caller, json: ["permissions": ["metadata:write", "pricing:read"]])
            let key = Caller.key(try #require(made.json["api_key"].text ?? made.json["key"].text))
            let metadata = try await api.call(
                .PUT, "/games/\(game)/metadata", as: key, json: ["description": "from CI"])
            #expect(metadata.status == 200)
            #expect(try await api.call(.GET, "/games/\(game)/pricing", as: key).status == 200)
            let pricing = try await api.call(.PUT, "/games/\(game)/pricing", as: key, json: ["base_price": 1])
            #expect(pricing.status == 403 && pricing.code == "scope-missing")
        }
    }
}
