import Content
import FoundationEssentials
import Postgres
import TestKit
import Testing

@Suite("Types")
struct TypeTests {
    /// Sends a value, has PostgreSQL say what type it took it for, and reads it back.
    private func expectRoundTrip<Value: SQLEncodable & SQLDecodable & Equatable>(
        _ value: Value, as type: String, _ database: Database
    ) async throws {
        let row = try await database.row("SELECT \(value) AS value, pg_typeof(\(value))::text AS type")
        #expect(try row?("value", as: Value.self) == value)
        #expect(try row?("type", as: String.self) == type)
    }

    @Test("every type comes back as it went")
    func roundTrips() async throws {
        try await withDatabase { database in
            try await self.expectRoundTrip(true, as: "boolean", database)
            try await self.expectRoundTrip(Int.min, as: "bigint", database)
            try await self.expectRoundTrip(Int64.max, as: "bigint", database)
            try await self.expectRoundTrip(Int32.min, as: "integer", database)
            try await self.expectRoundTrip(Int16.max, as: "smallint", database)
            try await self.expectRoundTrip(0.1 + 0.2, as: "double precision", database)
            try await self.expectRoundTrip(-Double.infinity, as: "double precision", database)
            try await self.expectRoundTrip(Double.leastNonzeroMagnitude, as: "double precision", database)
            try await self.expectRoundTrip(Decimal(string: "-12345678901234567.89"), as: "numeric", database)
            try await self.expectRoundTrip(UUID(), as: "uuid", database)
            try await self.expectRoundTrip([0, 255, 0, 92, 39] as [UInt8], as: "bytea", database)
            try await self.expectRoundTrip([] as [UInt8], as: "bytea", database)
            try await self.expectRoundTrip(Duration.microseconds(-1_234_567_890_123), as: "interval", database)
            try await self.expectRoundTrip(
                Date(timeIntervalSince1970: 1_700_000_000.5), as: "timestamp with time zone", database)
            try await self.expectRoundTrip(JSON(["a": ["\"", "\\", "é\u{1F3AE}"]]), as: "jsonb", database)
            try await self.expectRoundTrip(Digest(bytes: Array(0..<32)), as: "bytea", database)
            try await self.expectRoundTrip(GameID(UUID()), as: "uuid", database)
            try await self.expectRoundTrip(ByteCount.mebibytes(8), as: "bigint", database)
        }
    }

    @Test(
        "texts come back as they went",
        arguments: ["", "it's", "a\\b\"c", "\u{1F3AE} é \u{0301}", "NULL", "{1,2}", "\u{1}\t\r\n"])
    func textRoundTrips(text: String) async throws {
        try await withDatabase { database in
            #expect(try await database.row("SELECT \(text)::text AS value")?("value") == text)
            let array = [text, nil, text]
            try await self.expectRoundTrip(array, as: "text[]", database)
        }
    }

    @Test("arrays come back as they went, empty ones and absent ones too")
    func arraysRoundTrip() async throws {
        try await withDatabase { database in
            try await self.expectRoundTrip([1, nil, -3], as: "bigint[]", database)
            try await self.expectRoundTrip([] as [Int], as: "bigint[]", database)
            try await self.expectRoundTrip(nil as [Int]?, as: "bigint[]", database)
            try await self.expectRoundTrip([1, 2] as [Int16], as: "smallint[]", database)
            try await self.expectRoundTrip([1, 2] as [Int32], as: "integer[]", database)
            try await self.expectRoundTrip([true, false], as: "boolean[]", database)
            try await self.expectRoundTrip([0.5, .infinity], as: "double precision[]", database)
            try await self.expectRoundTrip([UUID(), UUID()], as: "uuid[]", database)
            try await self.expectRoundTrip([[0, 1], [], [34, 92]] as [[UInt8]], as: "bytea[]", database)
            try await self.expectRoundTrip([Digest(bytes: Array(0..<32))], as: "bytea[]", database)
            try await self.expectRoundTrip([VersionID(UUID())], as: "uuid[]", database)
            try await self.expectRoundTrip([Duration.seconds(90)], as: "interval[]", database)
            try await self.expectRoundTrip([Date(timeIntervalSince1970: 0)], as: "timestamp with time zone[]", database)
            try await self.expectRoundTrip([JSON("a\"b\\c")], as: "jsonb[]", database)
        }
    }

    @Test("absent values are NULL of their type")
    func absentRoundTrips() async throws {
        try await withDatabase { database in
            try await self.expectRoundTrip(nil as Int?, as: "bigint", database)
            try await self.expectRoundTrip(nil as Digest?, as: "bytea", database)
            try await self.expectRoundTrip(nil as Date?, as: "timestamp with time zone", database)
        }
    }

    private enum Mood: String, SQLEncodable, SQLDecodable, CaseIterable {
        case calm = "calm and quiet"
        case wild
    }

    @Test("types with a raw value stand for enums, and arrays of them for arrays")
    func enumsRoundTrip() async throws {
        try await withDatabase { database in
            try await database.execute("CREATE TYPE mood AS ENUM ('calm and quiet', 'wild')")
            try await database.execute("CREATE TABLE person (mood mood)")
            for mood in Mood.allCases { try await database.execute("INSERT INTO person VALUES (\(mood))") }
            let row = try await database.row(
                """
                SELECT array_agg(mood) AS moods, count(*) FILTER (WHERE mood = \(Mood.wild)) AS wild
                FROM person WHERE mood = ANY (\(Mood.allCases)::mood[])
                """)
            #expect(try row?("moods") == Mood.allCases)
            #expect(try row?("wild") == 1)
        }
    }

    @Test("text with a NUL is refused as the server would, and nothing is cut off")
    func refusesNUL() async throws {
        try await withDatabase { database async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await database.rows("SELECT \("admin\0x")::text")
            }
            #expect(error?.sqlState == .characterNotInRepertoire)
            #expect(try await database.row("SELECT 1 AS one")?("one") == 1)
        }
    }

    @Test("decoding errors name the column, what was expected and what was there")
    func decodingErrorsTell() async throws {
        try await withDatabase { database in
            let row = try #require(try await database.row("SELECT 'x' AS word, NULL AS nothing, 99999 AS big"))
            #expect(throws: PostgresError.decoding(column: "word", expected: "Int", got: "x")) {
                try row("word", as: Int.self)
            }
            #expect(throws: PostgresError.decoding(column: "nothing", expected: "String", got: nil)) {
                try row("nothing", as: String.self)
            }
            #expect(throws: PostgresError.decoding(column: "big", expected: "Int16", got: "99999")) {
                try row("big", as: Int16.self)
            }
            #expect(throws: PostgresError.unexpected("no column absent among word, nothing, big")) {
                try row("absent", as: Int.self)
            }
        }
    }

    @Test("large values travel whole")
    func carriesLargeValues() async throws {
        try await withDatabase { database async throws in
            let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            #expect(try await database.row("SELECT \(bytes) AS value")?("value") == bytes)
        }
    }
}
