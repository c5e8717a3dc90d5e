import FoundationEssentials
import Logging
import Synchronization
import Telemetry
import Testing

@Suite("Log handlers")
struct LogHandlerTests {
    /// Collects lines.
    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var output: LogOutput { LogOutput { line in self.lines.withLock { $0.append(line) } } }
        var all: [String] { self.lines.withLock { $0 } }
    }

    struct Broken: Error, CustomStringConvertible {
        let description = "disk \"sda\" full"
    }

    static let moment = Timestamp(seconds: 1_798_761_599, nanoseconds: 1_234_567)

    private func json(_ lines: Lines, provider: Logger.MetadataProvider? = nil) -> Logger {
        Logger(label: "slipway") { label in
            JSONLogHandler(
                label: label, level: .debug, metadataProvider: provider, output: lines.output, clock: { Self.moment })
        }
    }

    private func plain(_ lines: Lines) -> Logger {
        Logger(label: "slipway") { _ in
            PlainLogHandler(level: .info, output: lines.output, clock: { Self.moment })
        }
    }

    @Test("JSON lines have their keys in order, metadata flattened and numbers bare")
    func json() {
        let lines = Lines()
        var logger = self.json(lines)
        logger[metadataKey: "job.id"] = "7"
        logger.warning(
            "build quarantined",
            metadata: [
                "bytes.count": .stringConvertible(1 << 40), "ratio": .stringConvertible(0.5),
                "last": .stringConvertible(true),
                "scan": ["signature": "Eicar", "engine": ["version": "1.4"]], "paths": ["a", "b"], "job.id": "8",
            ], source: "Jobs")
        #expect(
            lines.all == [
                #"{"timestamp":"2026-12-31T23:59:59.001234Z","level":"warning","logger":"slipway","source":"Jobs","#
                    + #""message":"build quarantined","bytes.count":1099511627776,"job.id":"8","last":true,"#
                    + #""paths":["a","b"],"ratio":0.5,"scan.engine.version":"1.4","scan.signature":"Eicar"}"#
            ])
    }

    @Test("what is logged cannot break out of its JSON line")
    func jsonEscaping() throws {
        let lines = Lines()
        let hostile = "a\"b\\c\n\r\t\u{0}\u{1B}[31m\u{2028}é😀\u{7F}"
        self.json(lines).info(
            "\(hostile)", metadata: ["key\"\n": "\(hostile)", "level": "forged", "message": ["a": "b"]])
        let line = try #require(lines.all.first)
        #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0.value != 0x2028 })
        let object = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
        #expect(object["message"] == hostile)
        #expect(object["key\"\n"] == hostile)
        #expect(object["level"] == "info")
        #expect(object["metadata.level"] == "forged")
        #expect(object["message.a"] == "b")
        #expect(object["source"] == "TelemetryTests")
    }

    @Test("an error has a key of its own, and levels below the handler's are not written")
    func errorsAndLevels() throws {
        let lines = Lines()
        let logger = self.json(lines)
        logger.trace("not written")
        logger.error("upload failed", error: Broken(), metadata: ["error": "other"])
        let object = try JSONDecoder().decode([String: String].self, from: Data(#require(lines.all.first).utf8))
        #expect(lines.all.count == 1)
        #expect(object["error"] == "disk \"sda\" full")
        #expect(object["metadata.error"] == "other")
    }

    @Test("metadata given with the message wins over the provider's, and that over the logger's")
    func precedence() throws {
        let lines = Lines()
        var logger = self.json(lines, provider: Logger.MetadataProvider { ["a": "provider", "b": "provider"] })
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "c"] = "logger"
        logger.info("x", metadata: ["b": "message"])
        let object = try JSONDecoder().decode([String: String].self, from: Data(#require(lines.all.first).utf8))
        #expect(object["a"] == "provider")
        #expect(object["b"] == "message")
        #expect(object["c"] == "logger")
    }

    @Test("plain lines are short, and quote what is not one word")
    func plain() {
        let lines = Lines()
        var logger = self.plain(lines)
        logger[metadataKey: "job.id"] = "7"
        logger.debug("not written")
        logger.notice(
            "said \"hello\"", metadata: ["path": "a b", "empty": "", "n": .stringConvertible(3), "l": ["x", "y z"]])
        logger.error("upload failed", error: Broken())
        #expect(
            lines.all == [
                #"23:59:59.001234 notice said "hello" empty="" job.id=7 l=[x,"y z"] n=3 path="a b""#,
                #"23:59:59.001234 error upload failed error="disk \"sda\" full" job.id=7"#,
            ])
    }

    @Test("what is logged cannot forge a plain line or steer the terminal")
    func plainEscaping() {
        let lines = Lines()
        self.plain(lines).info("a\nb\u{1B}[2J", metadata: ["k=v\n": "x=1 y\n\u{9B}"])
        #expect(lines.all.count == 1)
        #expect(
            lines.all.allSatisfy {
                $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
            })
        #expect(lines.all.first?.hasSuffix(#"info a\nb\u001b[2J "k=v\n"="x=1 y\n\u009b""#) == true)
    }

    @Test(
        "moments are written as RFC 3339 in UTC",
        arguments: [
            (Timestamp(seconds: 0, nanoseconds: 0), "1970-01-01T00:00:00.000000Z"),
            (Timestamp(seconds: 951_782_400, nanoseconds: 999_999_999), "2000-02-29T00:00:00.999999Z"),
            (Timestamp(seconds: 1_709_251_199, nanoseconds: 5000), "2024-02-29T23:59:59.000005Z"),
            (Timestamp(seconds: 4_102_444_800, nanoseconds: 0), "2100-01-01T00:00:00.000000Z"),
            (Timestamp(seconds: 4_107_542_399, nanoseconds: 0), "2100-02-28T23:59:59.000000Z"),
            (Timestamp(seconds: 4_107_542_400, nanoseconds: 0), "2100-03-01T00:00:00.000000Z"),
            (Timestamp(seconds: -1, nanoseconds: 0), "1969-12-31T23:59:59.000000Z"),
            (Timestamp(seconds: -62_135_596_800, nanoseconds: 0), "0001-01-01T00:00:00.000000Z"),
        ])
    func timestamps(moment: Timestamp, text: String) {
        #expect(moment.description == text)
    }

    @Test("moments agree with Foundation's calendar for four hundred years")
    func calendar() throws {
        for day in stride(from: -50_000, to: 100_000, by: 37) {
            let seconds = Int64(day) * 86400 + 3661
            let expected = Date(timeIntervalSince1970: Double(seconds)).ISO8601Format()
            #expect(Timestamp(seconds: seconds, nanoseconds: 0).description == expected.dropLast() + ".000000Z")
        }
        #expect(Timestamp.now().seconds > 1_700_000_000)
    }
}
