import Testing

@testable import Access

@Suite("API keys as text")
struct APIKeyTextTests {
    @Test("a new key has the shape that is published, and reads back as itself")
    func shape() throws {
        for _ in 0..<50 {
            let key = try APIKeyText.generate()
            #expect(key.text.wholeMatch(of: try Regex(APIKeyText.pattern)) != nil)
            #expect(APIKeyText(key.text) == key)
            #expect(key.text.contains(key.lookup) && key.lookup.count == 8)
            #expect(!"\(key)".contains(key.text.suffix(49)))
        }
    }

    @Test("two keys are never alike")
    func distinct() throws {
        let keys = try (0..<500).map { _ in try APIKeyText.generate() }
        #expect(Set(keys.map(\.text)).count == 500)
        #expect(Set(keys.map(\.lookup)).count == 500)
    }

    @Test("every single changed character is noticed without the database")
    func checksum() throws {
        let key = try APIKeyText.generate()
        for index in key.text.indices {
            var text = key.text
            text.replaceSubrange(index...index, with: text[index] == "A" ? "B" : "A")
            #expect(APIKeyText(text) == nil, "\(text)")
        }
    }

    @Test("the checksum is zlib's CRC-32 in base 62")
    func goldenChecksum() {
        // python3 -c 'import zlib; print(zlib.crc32(b"gsd_live_00000000_" + b"0" * 43))'
        #expect(APIKeyText("gsd_live_00000000_" + String(repeating: "0", count: 43) + "2rhysG") != nil)
    }

    @Test(
        "texts of another shape are no keys",
        arguments: ["", "gsd_live_", "gsd_test_00000000_", String(repeating: "0", count: 67), "gsd_live_00000000-0"])
    func otherShapes(text: String) { #expect(APIKeyText(text) == nil) }
}

@Suite("Credentials in headers")
struct CredentialTests {
    @Test("a token or a key is found where it may stand")
    func found() throws {
        #expect(try Credential(authorization: ["Bearer abc.def.ghi"], apiKey: []) == .token("abc.def.ghi"))
        #expect(try Credential(authorization: ["bearer gsd_live_x"], apiKey: []) == .key("gsd_live_x"))
        #expect(try Credential(authorization: [], apiKey: ["gsd_live_x"]) == .key("gsd_live_x"))
    }

    @Test("nothing, two at once, and another scheme are refused")
    func refused() {
        #expect(throws: AccessError.noCredentials) { try Credential(authorization: [], apiKey: []) }
        #expect(throws: AccessError.severalCredentials) { try Credential(authorization: ["Bearer a"], apiKey: ["b"]) }
        #expect(throws: AccessError.severalCredentials) {
            try Credential(authorization: ["Bearer a", "Bearer a"], apiKey: [])
        }
        #expect(throws: AccessError.unsupportedScheme) { try Credential(authorization: ["Basic YTpi"], apiKey: []) }
        #expect(throws: AccessError.unsupportedScheme) { try Credential(authorization: ["Bearer"], apiKey: []) }
    }

    @Test("what is printed of a credential is not the credential")
    func printed() throws {
        #expect("\(try Credential(authorization: ["Bearer secret"], apiKey: []))" == "a token")
        #expect("\(try Credential(authorization: [], apiKey: ["secret"]))" == "a key")
    }
}
