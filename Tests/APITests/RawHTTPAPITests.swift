import API
import NIOCore
import NIOHTTP1
import Storefront
import TestKit
import Testing

@Suite("Requests that are no HTTP")
struct RawHTTPAPITests {
    private static let post = "POST /api/v1/developer/games HTTP/1.1\r\nHost: api\r\n"
    private static let smuggled = "GET /livez HTTP/1.1\r\nHost: api\r\n\r\n"

    /// What somebody sends who wants two servers to disagree about where a request ends, or one to break.
    static let hostile: [String] = [
        "\(post)Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\(smuggled)",
        "\(post)Content-Length: 4\r\nContent-Length: 40\r\n\r\nabcd\(smuggled)",
        "\(post)Content-Length: 0x4\r\n\r\nabcd\(smuggled)", "\(post)Content-Length: -1\r\n\r\n\(smuggled)",
        "\(post)Transfer-Encoding: chunked\r\n\r\nzz\r\n\(smuggled)",
        "\(post)X-A: b\r\n c\u{0}d\r\n\r\n", "\(post)X A: b\r\n\r\n",
        "GET /livez HTTP/9.9\r\nHost: api\r\n\r\n", "GET\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}",
        "GET /livez HTTP/1.1\r\nX-Long: \(String(repeating: "a", count: 200_000))\r\n\r\n",
        "GET /\(String(repeating: "a", count: 200_000)) HTTP/1.1\r\nHost: api\r\n\r\n",
    ]

    @Test(
        "row 62: a request whose end two servers may see differently, or that is none, is refused and nothing behind it is answered",
        arguments: hostile)
    func refused(request: String) async throws {
        try await APIHarness.run { api in
            let answer = try await RawConnection.exchange(ByteBuffer(string: request), port: api.port)
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer.prefix(200))")
            #expect(!answer.contains("HTTP/1.1 200"), "\(answer.prefix(200))")
            #expect(try await api.call(.GET, "/livez").status == 200)
        }
    }

    @Test("row 62: what stands in Host leads nowhere: addresses are made of what the operator configured")
    func host() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let answer = try await api.call(
                .POST, "/games", as: admin.caller, json: ["title": "A"],
                headers: [("host", "evil.example"), ("x-forwarded-host", "evil.example")])
            #expect(answer.status == 201 && answer.header("location")?.hasPrefix("/api/v1/developer/games/") == true)
            let game = answer.json["game_id"].text ?? ""
            let (_, version) = try await api.version(of: game, by: admin, size: 3)
            #expect(version["upload"]["stream_url_template"].text?.hasPrefix(APIHarness.publicURL) == true)
        }
    }
}
