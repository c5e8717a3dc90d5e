import Foundation
import LocalFiles
import Testing

@testable import Client

@Suite("HTTP values")
struct HTTPValueTests {
    @Test("addresses resolve references and tell origins apart")
    func addresses() throws {
        let base = try #require(WebAddress("HTTPS://Host.Example:443/api/v1/x?q=1#part"))
        #expect(base.text == "https://host.example/api/v1/x?q=1")
        #expect(base.publicText == "https://host.example/api/v1/x")
        #expect(base.resolving("/storage/a?b=c")?.text == "https://host.example/storage/a?b=c")
        #expect(base.resolving("parts/1")?.text == "https://host.example/api/v1/parts/1")
        #expect(base.resolving("//cdn.example/a")?.text == "https://cdn.example/a")
        #expect(base.resolving("http://other/p://q")?.text == "http://other/p://q")
        #expect(try #require(WebAddress("http://host:8080")).appending("/api").text == "http://host:8080/api")
        #expect(try #require(WebAddress("http://host/prefix/")).appending("/api").text == "http://host/prefix/api")
        #expect(base.hasSameOrigin(as: try #require(WebAddress("https://host.example/other"))))
        #expect(!base.hasSameOrigin(as: try #require(WebAddress("http://host.example/"))))
        for text in ["ftp://x", "http://", "host", "http://user:pass@host/", "http://ho st/", "http://host/a b", ""] {
            #expect(WebAddress(text) == nil)
        }
        #expect(WebAddress.encode("My Game/ü&1") == "My%20Game%2F%C3%BC%261")
    }

    @Test("credentials do not follow a redirection to another origin, and https never becomes http")
    func redirects() throws {
        let request = HTTPRequest(
            .get, try #require(WebAddress("https://a.example/x")),
            headers: [("Authorization", "Bearer t"), ("Range", "bytes=0-1")])
        func answer(_ status: Int, _ location: String) -> HTTPAnswer {
            HTTPAnswer(status: status, headers: [("Location", location)], body: [], address: request.address)
        }
        let same = try #require(try HTTPTransport.redirect(request, answer(307, "/y")))
        #expect(same.headers.map(\.name) == ["Authorization", "Range"])
        let other = try #require(try HTTPTransport.redirect(request, answer(302, "https://b.example/y")))
        #expect(other.headers.map(\.name) == ["Range"])
        #expect(try HTTPTransport.redirect(request, answer(200, "/y")) == nil)
        #expect(throws: ClientError.self) { try HTTPTransport.redirect(request, answer(307, "http://a.example/y")) }
        let put = HTTPRequest(.put, request.address)
        #expect(try HTTPTransport.redirect(put, answer(302, "/y")) == nil)
        #expect(try HTTPTransport.redirect(put, answer(308, "/y")) != nil)
    }

    @Test("waits grow, stay below their ceiling, honour the server, and end")
    func retries() {
        var random = SeededGenerator(1)
        let policy = RetryPolicy(attempts: 6, base: .seconds(1), cap: .seconds(5))
        for failures in 1...5 {
            let ceiling = min(Duration.seconds(5), .seconds(1 << (failures - 1)))
            for _ in 0..<100 {
                let delay = policy.delay(after: failures, retryAfter: nil, using: &random)
                #expect((delay ?? .seconds(99)) <= ceiling)
            }
        }
        #expect(policy.delay(after: 6, retryAfter: nil, using: &random) == nil)
        let asked = policy.delay(after: 1, retryAfter: .seconds(7), using: &random) ?? .zero
        #expect(asked >= .seconds(7) && asked <= .seconds(8))
        let endless = policy.delay(after: 1, retryAfter: .seconds(9999), using: &random) ?? .zero
        #expect(endless <= RetryPolicy.longestRetryAfter + .seconds(1))
    }

    @Test("Retry-After is read as seconds and as a date")
    func retryAfter() {
        #expect(RetryAfter.duration("120", now: 0) == .seconds(120))
        // RFC 9110 §5.6.7's own example: 784111777 seconds after 1970.
        #expect(RetryAfter.duration("Sun, 06 Nov 1994 08:49:37 GMT", now: 784_111_700) == .seconds(77))
        #expect(RetryAfter.duration("Thu, 29 Feb 2024 00:00:00 GMT", now: 1_709_164_790) == .seconds(10))
        #expect(RetryAfter.duration("Sun, 06 Nov 1994 08:49:37 GMT", now: 800_000_000) == .zero)
        for text in ["", "soon", "-1", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT"] {
            #expect(RetryAfter.duration(text, now: 0) == nil)
        }
    }

    @Test("events are the same however the bytes are cut", arguments: ["\n", "\r\n", "\r"])
    func events(ending: String) throws {
        let text = [
            ": comment", "", "id: 7", "event: version", "data: {\"a\":", "data:1}", "", "data: plain", "",
            "event: empty", "",
            "data: cut",
        ].joined(separator: ending)
        let expected = [
            EventStreamParser.Event(name: "version", data: "{\"a\":\n1}", id: "7"),
            EventStreamParser.Event(name: "message", data: "plain", id: "7"),
        ]
        let bytes = Array("\u{FEFF}\(text)".utf8)
        for size in [1, 2, 3, 7, bytes.count] {
            var parser = EventStreamParser()
            var events: [EventStreamParser.Event] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                events += try parser.take(bytes[start..<min(start + size, bytes.count)])
            }
            #expect(events == expected)
        }
    }

    @Test("an event without an end is given up")
    func endlessEvent() {
        var parser = EventStreamParser()
        #expect(throws: EventStreamParser.TooLong.self) {
            for _ in 0..<9 { _ = try parser.take([UInt8](repeating: 65, count: 1 << 20)) }
        }
    }

    @Test("problems are read from our documents, S3's, and anything else")
    func problems() {
        let ours = Problem(
            status: 422, contentType: "application/problem+json",
            body: Array(#"{"title":"Bad","code":"validation-failed","errors":[{"pointer":"/a","message":"no"}]}"#.utf8))
        #expect(ours.code == "validation-failed")
        #expect(ours.status == 422)
        #expect(ours.description == "Bad (validation-failed)\n  /a no")
        let theirs = Problem(
            status: 403, contentType: "application/xml",
            body: Array("<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>".utf8))
        #expect(theirs.code == "AccessDenied")
        #expect(theirs.detail == "Request has expired")
        #expect(Problem(status: 502, contentType: "text/html", body: Array("<html>".utf8)).code == "http-502")
    }

    @Test("settings come from the most explicit place, and a token never goes to another place's service")
    func settings() async throws {
        try await withTemporaryFolder { folder in
            let key = Data(repeating: 1, count: 32).base64EncodedString()
            try write(
                Array(#"{"url":"http://127.0.0.1:1","token":"dev","developer_id":"d","manifest_key":"\#(key)"}"#.utf8),
                to: "\(folder)/dev.json")
            func settings(
                _ options: ServerSettings.Options, _ environment: [String: String] = [:]
            ) throws -> ServerSettings { try ServerSettings(options, environment: environment) }
            typealias Options = ServerSettings.Options
            let environment = ["SLIPWAY_URL": "https://env.example", "SLIPWAY_TOKEN": "env"]

            let dev = try settings(Options(dev: folder), environment)
            #expect(dev.server.text == "http://127.0.0.1:1/")
            #expect(dev.credentials == Credentials(token: "dev", developer: "d"))
            #expect(dev.manifestKey == [UInt8](repeating: 1, count: 32))
            let said = try settings(
                Options(url: "https://said.example", token: "t"),
                environment.merging(["SLIPWAY_DEV": "/nowhere"]) { $1 })
            #expect(said.credentials == Credentials(token: "t"))
            #expect(said.manifestKey == nil)
            let env = try settings(Options(), environment)
            #expect(env.server.text == "https://env.example/")
            #expect(throws: ClientError.noToken) { try settings(Options(url: "https://x.example", dev: folder)) }
            #expect(throws: ClientError.noServer) { try settings(Options(token: "t")) }
            #expect(throws: ClientError.invalidURL("nonsense")) { try settings(Options(url: "nonsense", token: "t")) }
            #expect(throws: ClientError.invalidKey("x")) {
                try settings(Options(url: "http://x", token: "t", key: "x"))
            }
            #expect(try settings(Options(), ["SLIPWAY_DEV": folder]).credentials.token == "dev")
        }
    }

    @Test("progress lines tell amount, share, rate and time left")
    func progressBoard() {
        var board = ProgressBoard()
        board.update(StageProgress("send", .running, done: 0, total: 100 << 20), at: .zero)
        board.update(StageProgress("send", .running, done: 50 << 20, total: 100 << 20), at: .seconds(5))
        let line = board.lines(at: .seconds(5), width: 120)[0]
        #expect(line == "send      [############            ]  50.0 MiB of 100.0 MiB  10.0 MiB/s  5.0 s left")
        #expect(board.lines(at: .seconds(5), width: 40)[0].count == 39)
        let ended = board.update(StageProgress("send", .done, done: 100 << 20, total: 100 << 20), at: .seconds(10))
        #expect(ended)
        #expect(board.lines(at: .seconds(99), width: 120) == ["send      100.0 MiB in 10 s"])
        let endedAgain = board.update(StageProgress("send", .done, done: 100 << 20), at: .seconds(11))
        #expect(!endedAgain)
        #expect(ProgressBoard.time(3725) == "1:02:05")
        #expect(ProgressBoard.time(185) == "3:05")
    }
}
