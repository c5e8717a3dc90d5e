import ClamAV
import Content
import FoundationEssentials
import Games
import ObjectStore
import Postgres
import Storefront
import Testing

@testable import Jobs

@Suite("Processing media")
struct ProcessMediaTests {
    /// A PNG of 64 by 48 with a text inside.
    static let png: [UInt8] = {
        func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
            let body = Array(type.utf8) + data
            var crc: UInt32 = .max
            for byte in body {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = crc & 1 == 1 ? 0xedb8_8320 ^ crc >> 1 : crc >> 1 }
            }
            return Self.big(UInt32(data.count)) + body + Self.big(crc ^ .max)
        }
        return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
            + chunk("IHDR", Self.big(64) + Self.big(48) + [8, 2, 0, 0, 0]) + chunk("tEXt", Array("GPS of home".utf8))
            + chunk("IDAT", [0x78, 0x9c, 3, 0, 0, 0, 0, 1]) + chunk("IEND", [])
    }()

    private static func big(_ value: UInt32) -> [UInt8] {
        (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    @Test("MD-1, MD-2: a picture loses what is nobody's business, is linked, and its upload goes")
    func ready() async throws {
        try await ShopJobFixture.with { fixture in
            let media = try await fixture.uploaded(Self.png, as: "shot.png")
            try await fixture.process(media)
            let ready = try #require(try await fixture.current(media))
            let file = try #require(ready.file)
            #expect(ready.state == .ready && file.width == 64 && file.height == 48)
            #expect(file.size < Int64(Self.png.count))
            let bytes = try await fixture.store.read(
                try ObjectKey(validating: file.objectKey), range: nil, limit: .mebibytes(1))
            #expect(!String(decoding: bytes, as: UTF8.self).contains("GPS"))
            let listing = try #require(
                try await Listings(database: fixture.database).listing(of: fixture.game, developer: fixture.developer))
            let url = "http://media.test/\(media.id)/\(file.digest).png"
            #expect(listing.mediaURLs["screenshots"] == [.string(url)])
            // Once more changes nothing.
            try await fixture.process(media)
            #expect(try await fixture.current(media) == ready)
            try await fixture.collect()
            #expect(try await fixture.keys() == [file.objectKey])
        }
    }

    static let bad: [(String, [UInt8], String)] = [
        ("a.png", Array("<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>".utf8), "unsupported-format"),
        ("a.png", [0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xd9], "unsupported-format"),
        ("a.jpg", Self.png, "unsupported-format"), ("a.png", Array(Self.png.dropLast(20)), "media-malformed"),
        ("a.webp", Array("MZ this is a program, whatever its name says".utf8), "unsupported-format"),
    ]

    @Test("MD-2: what is not what it says fails with a code, is never linked, and leaves nothing", arguments: bad)
    func refused(name: String, bytes: [UInt8], code: String) async throws {
        try await ShopJobFixture.with { fixture in
            let media = try await fixture.uploaded(bytes, as: name)
            try await fixture.process(media)
            let failed = try #require(try await fixture.current(media))
            #expect(failed.state == .failed && failed.file == nil)
            guard case .object(let failure)? = failed.failure else {
                Issue.record("no failure")
                return
            }
            #expect(failure["code"] == .string(code) && failure["retryable"] == false)
            try await fixture.collect()
            #expect(try await fixture.keys().isEmpty)
        }
    }

    @Test("malware in a picture refuses all of it, and so does a scan that did not see it whole")
    func malware() async throws {
        try await ShopJobFixture.with { fixture in
            for (verdict, code) in [
                (ScanVerdict.infected(signature: "Evil", covered: 10), "malware-found"),
                (.incomplete(.scanTime, covered: 1), "scan-incomplete"),
            ] {
                let media = try await fixture.uploaded(Self.png, as: "shot.png")
                try await fixture.process(media, verdict: verdict)
                guard case .object(let failure)? = try await fixture.current(media)?.failure else {
                    Issue.record("no failure")
                    continue
                }
                #expect(failure["code"] == .string(code))
            }
        }
    }

    @Test("a file whose game is deleted while it is processed leaves no object behind")
    func deletedMeanwhile() async throws {
        try await ShopJobFixture.with { fixture in
            let media = try await fixture.uploaded(Self.png, as: "shot.png")
            // An attempt that wrote its object and died; then the game went, with what its rows knew of.
            _ = try await fixture.store.put(
                try ObjectKey(validating: "media/\(fixture.developer)/\(fixture.game)/\(media.id)/left"),
                .bytes([1]), digest: nil, condition: .always)
            try await fixture.database.execute("DELETE FROM games")
            try await fixture.process(media)
            #expect(try await fixture.keys() == [media.uploadKey])
        }
    }

    @Test("what was reserved and never came goes after its time")
    func abandoned() async throws {
        try await ShopJobFixture.with { fixture in
            let request = MediaRequest(kind: .art, format: .png, fileName: "a.png", fileSize: 10, alt: nil)
            for _ in 0..<2 { _ = try await fixture.library.reserve(request, for: fixture.game, of: fixture.developer) }
            try await fixture.database.execute(
                "UPDATE game_media SET created_at = now() - interval '2 days' WHERE position = 0")
            try await fixture.collect()
            #expect(try await fixture.database.rows("SELECT FROM game_media").count == 1)
        }
    }
}
