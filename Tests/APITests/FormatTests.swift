import Content
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import API

@Suite("Small formats")
struct FormatTests {
    static let times: [(Double, String)] = [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400, "2000-02-29T00:00:00.000Z"),
        (1_795_422_600.125, "2026-11-23T08:30:00.125Z"), (4_102_444_799.999, "2099-12-31T23:59:59.999Z"),
        (1_709_164_800, "2024-02-29T00:00:00.000Z"),
    ]

    @Test("times are written and read as RFC 3339", arguments: FormatTests.times)
    func timestamps(seconds: Double, text: String) {
        let date = Date(timeIntervalSince1970: seconds)
        #expect(Timestamp.text(of: date) == text)
        #expect(Timestamp.date(from: text).map { abs($0.timeIntervalSince(date)) < 0.0005 } == true)
    }

    @Test("offsets, fractions and leap seconds are understood")
    func offsets() {
        let base = Timestamp.date(from: "2026-11-23T08:30:00Z")
        #expect(Timestamp.date(from: "2026-11-23t11:30:00.0+03:00") == base)
        #expect(Timestamp.date(from: "2026-11-22T23:00:00-09:30") == base)
        #expect(Timestamp.date(from: "2016-12-31T23:59:60Z") != nil)
    }

    @Test(
        "what is no time is none",
        arguments: [
            "", "2026-11-23", "2026-11-23 08:30:00Z", "2026-11-23T08:30:00", "2026-02-30T00:00:00Z",
            "2023-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+3:00", "2026-01-01T00:00:00+03:60",
            "1969-12-31T23:59:59Z", "２026-01-01T00:00:00Z", "2026-01-01T00:00:00ZZ",
        ])
    func notTimes(text: String) { #expect(Timestamp.date(from: text) == nil) }

    @Test("every day of four centuries keeps its date")
    func days() {
        for day in stride(from: 0, to: 146_097, by: 13) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400 + 43_200)
            #expect(Timestamp.date(from: Timestamp.text(of: date)) == date)
        }
    }

    @Test("a cursor is good for its list only, and for nobody who changed it")
    func cursors() {
        let codec = CursorCodec(key: [UInt8](repeating: 1, count: 32))
        let cursor = codec.encode(["12", "a\"ё"], for: "games")
        #expect(codec.decode(cursor, for: "games") == ["12", "a\"ё"])
        #expect(codec.decode(cursor, for: "jobs") == nil)
        #expect(CursorCodec(key: [UInt8](repeating: 2, count: 32)).decode(cursor, for: "games") == nil)
        for index in cursor.indices {
            var changed = cursor
            changed.replaceSubrange(index...index, with: cursor[index] == "A" ? "B" : "A")
            #expect(codec.decode(changed, for: "games") == nil || index == cursor.indices.last)
        }
        for text in ["", "a", "====", "%", String(repeating: "A", count: 9000)] {
            #expect(codec.decode(text, for: "games") == nil)
        }
    }

    @Test(
        "a traceparent that is not one is as none",
        arguments: [
            "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra",
        ])
    func notTraces(text: String) { #expect(TraceContext(continuing: text) == nil) }

    @Test("a later version of traceparent is understood as far as we know it")
    func laterTrace() {
        let trace = TraceContext(continuing: "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later")
        #expect(trace?.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
    }

    @Test(
        "what is no percent-encoded UTF-8 in a query is refused by its name",
        arguments: ["%zz", "%", "%4", "%ff", "%00"])
    func badQuery(value: String) {
        let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/x?ok=a+b%20c&q=\(value)")
        var query = QueryFields(Request(head: head, body: RequestBody(buffer: ByteBuffer())))
        #expect(query.text("ok", maximumLength: 10) == "a b c")
        _ = query.text("q", maximumLength: 10)
        #expect(query.errors.map(\.pointer) == ["?q"])
    }

    @Test("a gate lets so many in, and another for each that leaves")
    func gate() throws {
        let gate = Gate(places: 2, for: "things")
        try gate.enter()
        try gate.enter()
        #expect(throws: HTTPProblem.self) { try gate.enter() }
        gate.leave()
        try gate.enter()
    }
}
