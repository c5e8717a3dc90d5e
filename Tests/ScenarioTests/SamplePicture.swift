import Foundation
import NIOHTTP1
import Testing

/// A picture that tells more than it shows, sent as a studio sends it.
enum SamplePicture {
    /// Sends a picture and waits until it is linked.
    static func sendScreenshot(_ studio: Studio, _ game: String) async throws {
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
