import Content
import FoundationEssentials
import Testing

@Suite("Digest")
struct DigestTests {
    static let text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

    @Test("is written as 64 lower-case hexadecimal digits and read in either case")
    func writing() throws {
        let digest = Digest(bytes: Array(0..<32))
        #expect(digest.description == Self.text)
        #expect(Digest(Self.text) == digest)
        #expect(Digest(Self.text.uppercased()) == digest)
        #expect(digest.bytes == Array(0..<32))
    }

    @Test(
        "reads nothing but 64 hexadecimal digits",
        arguments: [
            "", "00", String(Self.text.dropLast(2)), Self.text + "00", String(Self.text.dropLast()) + "g",
            " " + Self.text.dropFirst(),
        ])
    func notADigest(text: String) {
        #expect(Digest(text) == nil)
    }

    @Test("is ordered by its bytes, from the first on")
    func order() {
        let zero = Digest(bytes: [UInt8](repeating: 0, count: 32))
        for index in 0..<32 {
            var bytes = [UInt8](repeating: 0, count: 32)
            bytes[index] = 0x80
            var smaller = [UInt8](repeating: 0xFF, count: 32)
            for before in 0...index { smaller[before] = 0 }
            #expect(zero < Digest(bytes: bytes))
            #expect(Digest(bytes: smaller) < Digest(bytes: bytes))
            #expect(!(Digest(bytes: bytes) < Digest(bytes: bytes)))
        }
    }

    @Test("keeps its bytes through JSON, and JSON that is none is refused")
    func json() throws {
        let digest = Digest(bytes: Array(100..<132))
        let data = try JSONEncoder().encode([digest])
        #expect(String(decoding: data, as: UTF8.self) == "[\"\(digest)\"]")
        #expect(try JSONDecoder().decode([Digest].self, from: data) == [digest])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Digest].self, from: Data("[\"12\"]".utf8)) }
    }

    @Test("equal digests are one key of a dictionary")
    func hashing() {
        let digests = (0..<32).map { Digest(bytes: [UInt8](repeating: UInt8($0 % 16), count: 32)) }
        #expect(Set(digests).count == 16)
    }
}
