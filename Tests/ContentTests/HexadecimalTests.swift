import Content
import Testing

@Suite("Hexadecimal")
struct HexadecimalTests {
    /// RFC 4648 §10, in lower case.
    static let vectors = [
        ("", ""), ("f", "66"), ("fo", "666f"), ("foo", "666f6f"), ("foob", "666f6f62"), ("fooba", "666f6f6261"),
        ("foobar", "666f6f626172"),
    ]

    @Test("gives the texts of RFC 4648", arguments: Self.vectors)
    func codes(text: String, hexadecimal: String) {
        #expect(Hexadecimal.encode(text.utf8) == hexadecimal)
        #expect(Hexadecimal.decode(hexadecimal) == Array(text.utf8))
    }

    @Test("every byte survives, in either case")
    func everyByte() {
        let bytes = Array(UInt8.min...UInt8.max)
        #expect(Hexadecimal.decode(Hexadecimal.encode(bytes)) == bytes)
        #expect(Hexadecimal.decode(Hexadecimal.encode(bytes).uppercased()) == bytes)
    }

    @Test(
        "refuses odd lengths and other characters",
        arguments: ["0", "123", "0x", "gg", "0 ", "-1", "é", "０１", "/0", ":0", "@0", "`0"])
    func notHexadecimal(text: String) {
        #expect(Hexadecimal.decode(text) == nil)
    }
}
