import API
import Content
import Digests
import FoundationEssentials
import Games
import NIOHTTP1
import ObjectStore
import Postgres
import Storefront
import Testing

@Suite("Media over HTTP")
struct MediaAPITests {
    private static let bytes: [UInt8] = (0..<500).map { UInt8($0 % 251) }

    private static func reserve(
        _ api: APIHarness, _ game: String, as member: Member, _ name: String = "shot.png",
        kind: JSONValue = "screenshot"
    ) async throws -> Answer {
        try await api.call(
            .POST, "/games/\(game)/media", as: member.caller,
            json: [
                "kind": kind, "file_name": .string(name), "file_size": .integer(Self.bytes.count),
                "alt": " Heroes\u{0} ",
            ])
    }

    /// Sends the bytes, commits them, and does what the job would.
    private static func finish(_ api: APIHarness, _ reserved: Answer, as member: Member) async throws -> String {
        let id = try #require(reserved.json["media_id"].text)
        let game = try #require(reserved.json["game_id"].text)
        let sent = try await api.call(
            .PUT, try #require(reserved.json["upload"]["url"].text), bytes: Self.bytes)
        #expect(sent.status == 200)
        let done = try await api.call(.POST, "/games/\(game)/media/\(id)/complete", as: member.caller)
        #expect(done.status == 202 && done.json["status"].text == "uploaded", "\(done.json)")
        let library = api.services.shop.media
        let media = try #require(MediaID(id))
        let begun = try await library.begin(media)
        let record = try #require(begun)
        let digest = Digest.sha256(of: Self.bytes)
        let key = try ObjectKey(validating: "media/\(record.developer)/\(game)/\(id)/\(digest)")
        _ = try await api.services.store.put(key, .bytes(Self.bytes), digest: digest, condition: .always)
        let file = MediaFile(objectKey: key.text, digest: digest, size: 500, width: 640, height: 480)
        let linked = try await api.database.transaction { try await library.finish(record, file, in: $0) }
        #expect(linked)
        return id
    }

    @Test("EP-19, MD-1: an address for the bytes, a commit, and the file is linked into the store page")
    func life() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let reserved = try await Self.reserve(api, game, as: admin)
            #expect(reserved.status == 201 && reserved.json["status"].text == "reserved", "\(reserved.json)")
            #expect(reserved.json["alt"].text == "Heroes" && reserved.json["url"] == .null)
            let id = try #require(reserved.json["media_id"].text)
            let path = "/games/\(game)/media/\(id)"
            #expect(reserved.header("location") == APIHarness.prefix + path)
            let early = try await api.call(.POST, "\(path)/complete", as: admin.caller)
            #expect(early.status == 409 && early.code == "upload-incomplete")
            // The address is made anew as often as it is asked for.
            let again = try await api.call(.GET, path, as: admin.caller)
            #expect(again.json["upload"]["method"].text == "PUT" && again.json["upload"]["url"].text != nil)
            _ = try await Self.finish(api, reserved, as: admin)
            let repeated = try await api.call(.POST, "\(path)/complete", as: admin.caller)
            #expect(repeated.status == 200 && repeated.json["status"].text == "ready")
            #expect(try await api.database.rows("SELECT FROM job WHERE kind = 'process-media'").count == 1)

            let page = try await api.call(.GET, "/games/\(game)/metadata", as: admin.caller)
            let url = try #require(page.json["media_urls"]["screenshots"][0].text)
            #expect(repeated.json["url"].text == url && repeated.json["upload"] == .null)
            let file = try await api.call(.GET, url)
            #expect(file.status == 200 && file.bytes == Self.bytes && file.header("content-type") == "image/png")
            #expect(file.header("x-content-type-options") == "nosniff")
            #expect(file.header("cache-control")?.hasPrefix("public") == true)
            let other = try await api.call(.GET, url.replacing(".png", with: ".svg"))
            #expect(other.status == 404)

            #expect(try await api.call(.DELETE, path, as: admin.caller).status == 204)
            #expect(try await api.call(.GET, path, as: admin.caller).status == 404)
            #expect(try await api.call(.GET, url).status == 404)
            let empty = try await api.call(.GET, "/games/\(game)/metadata", as: admin.caller)
            #expect(empty.json["media_urls"] == ["screenshots": [], "videos": []])
            let garbage = try await api.database.rows("SELECT object_key FROM garbage_objects")
            #expect(garbage.count == 2)
            #expect(try await api.database.rows("SELECT FROM job WHERE kind = 'collect-garbage'").count == 1)
        }
    }

    static let refused: [(JSONValue, String)] = [
        (["kind": "screenshot", "file_name": "a.exe", "file_size": 10], "/file_name"),
        (["kind": "screenshot", "file_name": "a.svg", "file_size": 10], "/file_name"),
        (["kind": "screenshot", "file_name": "a", "file_size": 10], "/file_name"),
        (["kind": "screenshot", "file_name": "a.mp4", "file_size": 10], "/file_name"),
        (["kind": "video", "file_name": "a.png", "file_size": 10], "/file_name"),
        (["kind": "art", "file_name": "a.zip", "file_size": 10], "/file_name"),
        (["kind": "art", "file_name": "a.png", "file_size": 10, "content_type": "image/svg+xml"], "/content_type"),
        (["kind": "art", "file_name": "a.png", "file_size": 0], "/file_size"),
        (["kind": "art", "file_name": "a.png", "file_size": 20_971_521], "/file_size"),
        (["kind": "video", "file_name": "a.mp4", "file_size": 2_147_483_649], "/file_size"),
        (["kind": "poster", "file_name": "a.png", "file_size": 10], "/kind"),
        (["file_name": "a.png", "file_size": 10], "/kind"), (["kind": "art", "file_size": 10], "/file_name"),
    ]

    @Test("MD-2: other types and sizes are refused before a byte is sent")
    func refusals() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            for (body, pointer) in Self.refused {
                let answer = try await api.call(.POST, "/games/\(game)/media", as: admin.caller, json: body)
                #expect(answer.status == 422, "\(body): \(answer.json)")
                #expect(answer.json["errors"][0]["pointer"].text == pointer, "\(answer.json)")
            }
            let program = try await api.call(.POST, "/games/\(game)/media", as: admin.caller, json: Self.refused[0].0)
            #expect(program.code == "unsupported-format")
            let list = try await api.call(.GET, "/games/\(game)/media", as: admin.caller)
            #expect(list.json["items"] == [])
        }
    }

    @Test("files stand in the order the company gives them, and their addresses with them")
    func order() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            var ids: [String] = []
            for index in 0..<3 {
                let reserved = try await Self.reserve(api, game, as: admin, "\(index).png")
                ids.append(try await Self.finish(api, reserved, as: admin))
            }
            let moved = try await api.call(
                .PATCH, "/games/\(game)/media/\(ids[2])", as: admin.caller, json: ["order": 0, "alt": "First"])
            #expect(moved.status == 200 && moved.json["order"].number == 0 && moved.json["alt"].text == "First")
            let list = try await api.call(.GET, "/games/\(game)/media?kind=screenshot", as: admin.caller)
            #expect(list.json["items"].items.map { $0["media_id"].text } == [ids[2], ids[0], ids[1]])
            let page = try await api.call(.GET, "/games/\(game)/metadata", as: admin.caller)
            #expect(
                page.json["media_urls"]["screenshots"].items.map { $0.text?.contains(ids[2]) } == [true, false, false])
            let stale = try await api.call(
                .PATCH, "/games/\(game)/media/\(ids[2])", as: admin.caller, json: ["alt": "x"],
                headers: [("if-match", "\"r1\"")])
            #expect(stale.status == 412)
        }
    }

    @Test("6.8: what is being processed cannot be deleted; what failed can, and cannot be committed again")
    func states() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let id = try #require(try await Self.reserve(api, game, as: admin).json["media_id"].text)
            let path = "/games/\(game)/media/\(id)"
            try await api.database.execute("UPDATE game_media SET state = 'processing'")
            let busy = try await api.call(.DELETE, path, as: admin.caller)
            #expect(busy.status == 409 && busy.json["current"].text == "processing")
            #expect(busy.json["allowed"] == ["finish", "fail"])
            try await api.database.execute("UPDATE game_media SET state = 'failed', failure = '{\"code\": \"x\"}'")
            let failed = try await api.call(.POST, "\(path)/complete", as: admin.caller)
            #expect(failed.status == 409 && failed.json["allowed"] == ["delete"])
            #expect(try await api.call(.GET, path, as: admin.caller).json["failure"] == ["code": "x"])
            #expect(try await api.call(.DELETE, path, as: admin.caller).status == 204)
        }
    }

    @Test("MK-1: a press kit takes archives, too, and stays off the lists of the store page that players see")
    func pressKit() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let reserved = try await Self.reserve(api, game, as: admin, "press.zip", kind: "press_kit")
            #expect(reserved.status == 201 && reserved.json["content_type"].text == "application/zip")
            _ = try await Self.finish(api, reserved, as: admin)
            let page = try await api.call(.GET, "/games/\(game)/metadata", as: admin.caller)
            #expect(
                page.json["media_urls"]["screenshots"] == [] && page.json["media_urls"]["press_kit"].items.count == 1)
        }
    }
}
