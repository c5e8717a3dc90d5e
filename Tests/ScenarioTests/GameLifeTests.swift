import Foundation
import NIOHTTP1
import Postgres
import Testing

/// The whole life of a game on one machine, over real HTTP, with real builds, real jobs and a real scanner.
@Suite("The life of a game", .serialized)
struct GameLifeTests {
    @Test("PB-1, PB-8: draft, upload, page, price, media, review, shop, update, rollout, rollback, off the shop")
    func life() async throws {
        try await withScenarioDirectory { root in
            let slipway = try await SlipwayProcess.up(root.appending(path: "up"))
            let studio = try Studio(slipway)
            let platform = try await PlatformServices(slipway)
            let game = try await studio.createGame("Life")
            func status() async throws -> String? {
                try await studio.json(.GET, "/games/\(game)", expecting: 200)["status"] as? String
            }
            #expect(try await status() == "draft")

            let first = SampleBuild(seed: 11, megabytes: 2)
            let one = try await studio.upload(first.tar, as: "1.0", of: game)
            try await studio.commit(one, of: game)
            #expect(try await studio.outcome(of: one, of: game)["status"] as? String == "ready")
            _ = try await studio.json(
                .PUT, "/games/\(game)/metadata",
                ["description": "Long", "short_description": "Short", "age_rating": "12+", "tags": ["indie"]],
                expecting: 200)
            _ = try await studio.json(
                .PUT, "/games/\(game)/pricing", ["base_price": "499.00", "regional_prices": ["US": "9.99"]],
                expecting: 200)
            try await Self.sendScreenshot(studio, game)

            let readiness = try await studio.json(.GET, "/games/\(game)/readiness", expecting: 200)
            #expect(readiness["ready"] as? Bool == true && (readiness["warnings"] as? [Any])?.isEmpty == true)
            try await Self.approve(one, of: game, studio, platform)
            let published = try await studio.json(.POST, "/games/\(game)/publish", [:], expecting: 200)
            #expect(published["status"] as? String == "published")
            #expect(try await platform.version(of: game, player: "anna") == one)

            // The update goes the same way; meanwhile the first version stays.
            let two = try await studio.upload(first.edited().tar, as: "2.0", of: game)
            try await studio.commit(two, of: game)
            #expect(try await studio.outcome(of: two, of: game)["status"] as? String == "ready")
            let review = try await Self.submit(two, of: game, studio)
            #expect(try await status() == "published")
            #expect(try await platform.version(of: game, player: "anna") == one)
            try await platform.decide(review)
            let channel = "/games/\(game)/channels/public"
            _ = try await studio.json(.POST, "/games/\(game)/publish", ["rollout_percent": 50], expecting: 200)
            var seen: Set<String> = []
            for player in 0..<40 { seen.insert(try await platform.version(of: game, player: "p\(player)")) }
            #expect(seen == [one, two])
            _ = try await studio.json(.PATCH, "\(channel)/rollout", ["rollout_percent": 100], expecting: 200)
            #expect(try await platform.version(of: game, player: "anna") == two)
            let back = try await studio.json(.POST, "\(channel)/rollback", ["reason": "crash"], expecting: 200)
            #expect(back["version_id"] as? String == one)
            #expect(try await platform.version(of: game, player: "anna") == one)

            let removed = try await studio.json(.POST, "/games/\(game)/unpublish", [:], expecting: 200)
            #expect(removed["status"] as? String == "removed")
            #expect(try await platform.version(of: game, player: "owner") == one)

            // At a time: the job publishes it again, without anybody asking twice.
            let soon = Date(timeIntervalSinceNow: 2).ISO8601Format()
            _ = try await studio.json(.POST, "/games/\(game)/publish", ["publish_at": soon], expecting: 202)
            for _ in 0..<300 {
                if try await status() == "published" { break }
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(try await status() == "published")

            // VR-10, PB-6, PB-7: each fact once, with what its reader needs.
            let ready = try await Self.events("version.ready", slipway)
            #expect(ready.map { $0["version_id"] as? String } == [one, two])
            #expect(ready.allSatisfy { $0["s3_path"] is String && ($0["file_hash"] as? String)?.count == 64 })
            #expect(ready.allSatisfy { ($0["file_size"] as? Int ?? 0) > 0 })
            let shown = try await Self.events("game.published", slipway)
            #expect(shown.count == 2)
            let listing = shown.first?["listing"] as? [String: Any] ?? [:]
            let screenshots = (listing["media"] as? [String: Any])?["screenshots"] as? [String] ?? []
            #expect(screenshots.count == 1 && listing["metadata"] != nil && listing["pricing"] != nil)
            #expect(try await Self.events("game.updated", slipway).count == 2)
            #expect(try await Self.events("game.unpublished", slipway).count == 1)
            #expect(slipway.stop() == 0)
        }
    }

    private static func events(_ type: String, _ slipway: SlipwayProcess) async throws -> [[String: Any]] {
        let database = Database(DatabaseConfiguration(url: slipway.database, maxConnections: 1))
        let rows: [String] = try await database.rows(
            "SELECT data::text AS data FROM outbox WHERE type = \(type) ORDER BY seq"
        ).map { try $0("data") }
        await database.close()
        return try rows.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:] }
    }

    private static func submit(_ version: String, of game: String, _ studio: Studio) async throws -> String {
        let submitted = try await studio.json(.POST, "/games/\(game)/versions/\(version)/submit", [:], expecting: 200)
        return (submitted["review"] as? [String: Any])?["review_id"] as? String ?? ""
    }

    private static func approve(
        _ version: String, of game: String, _ studio: Studio, _ platform: PlatformServices
    ) async throws {
        try await platform.decide(try await self.submit(version, of: game, studio))
    }

    /// Sends a picture and waits until it is linked.
    private static func sendScreenshot(_ studio: Studio, _ game: String) async throws {
        let picture = Self.png
        let reserved = try await studio.json(
            .POST, "/games/\(game)/media",
            ["kind": "screenshot", "file_name": "one.png", "file_size": picture.count], expecting: 201)
        let id = reserved["media_id"] as? String ?? ""
        let url = (reserved["upload"] as? [String: Any])?["url"] as? String ?? ""
        #expect(try await HTTP.send(.PUT, url, bytes: picture).status == 200)
        _ = try await studio.json(.POST, "/games/\(game)/media/\(id)/complete", [:], expecting: 202)
        var media: [String: Any] = [:]
        for _ in 0..<300 {
            media = try await studio.json(.GET, "/games/\(game)/media/\(id)", expecting: 200)
            if ["ready", "failed"].contains(media["status"] as? String) { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(media["status"] as? String == "ready", "\(media)")
        let page = try await studio.json(.GET, "/games/\(game)/metadata", expecting: 200)
        let urls = (page["media_urls"] as? [String: Any])?["screenshots"] as? [String] ?? []
        #expect(urls == [media["url"] as? String ?? ""])
        let file = try await HTTP.send(.GET, urls.first ?? "")
        #expect(file.status == 200 && !String(decoding: file.body, as: UTF8.self).contains("GPS of home"))
    }

    /// 64 by 48 pixels and a text inside.
    private static var png: [UInt8] {
        func big(_ value: UInt32) -> [UInt8] { (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
            let body = Array(type.utf8) + data
            var crc: UInt32 = .max
            for byte in body {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = crc & 1 == 1 ? 0xedb8_8320 ^ crc >> 1 : crc >> 1 }
            }
            return big(UInt32(data.count)) + body + big(crc ^ .max)
        }
        return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
            + chunk("IHDR", big(64) + big(48) + [8, 2, 0, 0, 0]) + chunk("tEXt", Array("GPS of home".utf8))
            + chunk("IDAT", [0x78, 0x9c, 3, 0, 0, 0, 0, 1]) + chunk("IEND", [])
    }
}
