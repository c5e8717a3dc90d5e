import FoundationEssentials
import Testing

@testable import Postgres

@Suite("Text formats")
struct TextFormatTests {
    @Test(
        "arrays are read as PostgreSQL writes them",
        arguments: [
            ("{}", []), ("{1,2,NULL}", ["1", "2", nil]), (#"{"NULL",""}"#, ["NULL", ""]),
            (#"{"a\"b","c\\d","e,{}f"}"#, ["a\"b", "c\\d", "e,{}f"]),
        ] as [(String, [String?])])
    func readsArrays(text: String, elements: [String?]) { #expect(ArrayText.elements(of: text) == elements) }

    @Test(
        "what is no array of one dimension is refused",
        arguments: ["", "{", "{1", "{1,}", "{{1}}", "1}", "{1}x", #"{"a"#])
    func refusesOthers(text: String) { #expect(ArrayText.elements(of: text) == nil) }

    @Test(
        "timestamps are read with any offset and era",
        arguments: [
            ("1970-01-01 00:00:00+00", 0), ("1970-01-01 03:30:00.5+03:30", 0.5),
            ("1969-12-31 23:59:59.999999-00", -0.000001),
            ("2000-02-29 12:00:00", 951_825_600), ("2024-12-31", 1_735_603_200),
            ("0001-01-01 00:00:00+00 BC", -62_167_219_200),
            ("12024-01-01 00:00:00+00", 317_273_587_200), ("1900-01-01 00:00:00+00:19:32", -2_208_989_972),
        ] as [(String, Double)])
    func readsTimestamps(text: String, seconds: Double) {
        let read = TimestampText.date(from: text)?.timeIntervalSince1970
        // A Date counts from 2001, so a microsecond before 1970 is not exact.
        #expect(abs((read ?? .infinity) - seconds) < 0.000_000_1)
    }

    @Test(
        "what is no timestamp is refused",
        arguments: ["", "infinity", "-infinity", "2024", "2024-01-01x", "2024-01-01 10", "2024-01-01 00:00:00+"])
    func refusesTimestamps(text: String) { #expect(TimestampText.date(from: text) == nil) }

    @Test("what is written is read back, to the microsecond")
    func timestampsRoundTrip() {
        var seed: UInt64 = 42
        for _ in 0..<10_000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let microseconds = Int64(bitPattern: seed) % 60_000_000_000_000_000
            let date = Date(timeIntervalSince1970: Double(microseconds) / 1_000_000)
            let text = TimestampText.text(of: date)
            guard let read = TimestampText.date(from: text) else {
                Issue.record("\(text) is not read back")
                continue
            }
            #expect(abs(read.timeIntervalSince(date)) < 0.000_01)
        }
    }

    @Test(
        "intervals are read, a day being 24 hours",
        arguments: [
            ("00:00:00", .zero), ("00:00:01.5", .milliseconds(1500)), ("-00:00:01.5", .milliseconds(-1500)),
            ("1 day", .seconds(86_400)), ("-2 days +03:04:05", .seconds(-161_755)),
            ("100:00:00.000001", .seconds(360_000) + .microseconds(1)),
        ] as [(String, Duration)])
    func readsIntervals(text: String, duration: Duration) { #expect(Duration(sqlText: text) == duration) }

    @Test("an interval of no fixed length is refused", arguments: ["1 mon", "1 year 2 days", "", "x", "00:00"])
    func refusesIntervals(text: String) { #expect(Duration(sqlText: text) == nil) }

    @Test("bytes are read from hexadecimal digits of either case")
    func readsBytes() {
        #expect([UInt8](sqlText: #"\x00fFA0"#) == [0, 255, 160])
        #expect([UInt8](sqlText: #"\x"#) == [])
        for text in ["", "00", #"\x0"#, #"\x0g"#] { #expect([UInt8](sqlText: text) == nil) }
    }

    @Test("rows are escaped for COPY")
    func escapesRows() throws {
        var buffer = CopyBuffer()
        try buffer.append(["a\tb\\\n\r", nil as Int?, [0, 255] as [UInt8], "\\N"])
        #expect(String(decoding: buffer.bytes, as: UTF8.self) == "a\\tb\\\\\\n\\r\t\\N\t\\\\x00ff\t\\\\N\n")
        #expect(throws: PostgresError.server(.nulInText)) { try buffer.append(["a\0b"]) }
    }

    @Test("the wait between two attempts to connect doubles up to a limit, with jitter")
    func backsOff() {
        var backoff = Backoff(most: .seconds(1))
        for ceiling in [100, 200, 400, 800, 1000, 1000] {
            let pause = backoff.next()
            #expect(pause >= .milliseconds(ceiling / 4))
            #expect(pause <= .milliseconds(ceiling))
        }
    }
}
