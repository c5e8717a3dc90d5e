import Storefront
import Testing

@Suite("JSON")
struct JSONTests {
    @Test(
        "what was read is written back as it was",
        arguments: [
            "null", "true", "false", "0", "-0", "12345678901234567890", "19.990", "1e10", "1E-7", "\"\"",
            "\"a\\\"b\\\\c\"",
            "[]", "[1,[2,[3]]]", "{}", "{\"b\":1,\"a\":{\"c\":null}}", "\"Привет, мир 🎮\"",
            "\"\\n\\r\\t\\u0000\\u001f\"",
        ])
    func roundTrip(text: String) throws { #expect(try JSONParser.parse(Array(text.utf8)).description == text) }

    @Test("escapes become the characters they stand for")
    func escapes() throws {
        #expect(try Self.parse(#""\u0041\u00e9\ud83c\udfae\/\b\f""#) == .string("Aé🎮/\u{8}\u{c}"))
        #expect(try Self.parse(" \t\r\n[ 1 , 2 ] ") == [1, 2])
    }

    @Test(
        "what is not JSON is refused with its reason and place",
        arguments: [
            ("", JSONError.Reason.empty, 0), ("  ", .empty, 2), ("{", .unexpectedEnd, 1),
            ("[1,]", .unexpectedCharacter, 3),
            ("{\"a\":1,}", .unexpectedCharacter, 7), ("{'a':1}", .unexpectedCharacter, 1),
            ("NaN", .unexpectedCharacter, 0),
            ("Infinity", .unexpectedCharacter, 0), ("01", .trailingCharacters, 1), ("1.", .unexpectedEnd, 2),
            (".5", .unexpectedCharacter, 0), ("+1", .unexpectedCharacter, 0), ("1e400", .numberOutOfRange, 0),
            ("1e-99999999999999999999", .numberOutOfRange, 0), ("{\"a\":1,\"a\":2}", .duplicateName("a"), 7),
            ("{\"a\":1,\"\\u0061\":2}", .duplicateName("a"), 7), ("\"\\ud800\"", .loneSurrogate, 1),
            ("\"\\udc00\"", .loneSurrogate, 1), ("\"\\ud800\\u0041\"", .loneSurrogate, 1),
            ("\"\\x\"", .unexpectedCharacter, 2),
            ("\"a\nb\"", .unexpectedCharacter, 2), ("\"abc", .unexpectedEnd, 4), ("1 2", .trailingCharacters, 2),
            ("\u{feff}{}", .unexpectedCharacter, 0), ("tru", .unexpectedEnd, 3), ("\"\\u00", .unexpectedEnd, 5),
        ])
    func refused(text: String, reason: JSONError.Reason, offset: Int) {
        #expect(throws: JSONError(reason, at: offset)) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test("bytes that are not UTF-8 are refused")
    func notUTF8() {
        #expect(throws: JSONError(.notUTF8, at: 1)) { try JSONParser.parse([0x22, 0xff, 0xfe, 0x22]) }
        #expect(throws: JSONError(.notUTF8, at: 1)) { try JSONParser.parse([0x22, 0xed, 0xa0, 0x80, 0x22]) }
    }

    @Test("sixty-four levels are read, one more is not")
    func depth() throws {
        let deep = { (levels: Int) in
            Array((String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).utf8)
        }
        _ = try JSONParser.parse(deep(64))
        #expect(throws: JSONError(.tooDeep(limit: 64), at: 64)) { try JSONParser.parse(deep(65)) }
        #expect(throws: JSONError.self) {
            try JSONParser.parse([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000))
        }
    }

    @Test("a long text of nothing but escapes is read in one go")
    func manyEscapes() throws {
        let text = "\"" + String(repeating: "\\n", count: 200_000) + "\""
        #expect(try Self.parse(text) == .string(String(repeating: "\n", count: 200_000)))
    }

    @Test(
        "whole numbers are found however they are written",
        arguments: [
            ("1", Int64(1)), ("-7", -7), ("1.0", 1), ("-3.000", -3), ("9223372036854775807", .max), ("1.5", nil),
            ("9223372036854775808", nil), ("1e3", nil),
        ] as [(String, Int64?)])
    func integers(text: String, value: Int64?) throws {
        guard case .number(let number) = try Self.parse(text) else { throw JSONError(.empty, at: 0) }
        #expect(number.int64 == value)
    }

    @Test("numbers of many digits are read, of endless ones not")
    func longNumbers() throws {
        for text in [String(repeating: "9", count: 1000), String(repeating: "9", count: 596) + "e308"] {
            #expect(try Self.parse(text).description == text)
        }
        for text in [String(repeating: "9", count: 1001), String(repeating: "9", count: 597) + "e308"] {
            #expect(throws: JSONError(.numberOutOfRange, at: 0)) { try Self.parse(text) }
        }
    }

    @Test("a U+0000 is found wherever it hides")
    func nul() throws {
        #expect(try Self.parse(#"{"a/b":[1,"x\u0000"]}"#).pointerToNUL == "/a~1b/1")
        #expect(try Self.parse(#"{"~\u0000":1}"#).pointerToNUL == "/~0\0")
        #expect(try Self.parse(#""\u0000""#).pointerToNUL == "")
        #expect(try Self.parse(#"{"a":["b",null,1,true]}"#).pointerToNUL == nil)
    }

    @Test("a member is set, replaced and removed by its name")
    func members() {
        var object = JSONObject([("a", 1), ("b", 2)])
        object["a"] = 3
        object["c"] = nil
        object["d"] = "x"
        object["b"] = nil
        #expect(JSONValue.object(object) == ["a": 3, "d": "x"])
    }

    private static func parse(_ text: String) throws(JSONError) -> JSONValue { try JSONParser.parse(Array(text.utf8)) }
}
