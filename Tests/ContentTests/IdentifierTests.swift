import Content
import FoundationEssentials
import Testing

@Suite("Identifier")
struct IdentifierTests {
    static let text = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"

    @Test("is written in lower case and read in either")
    func writing() throws {
        let id = try #require(GameID(Self.text))
        #expect(id.description == Self.text)
        #expect(GameID(Self.text.uppercased()) == id)
        #expect(id.uuid == UUID(uuidString: Self.text))
    }

    @Test(
        "reads nothing but a UUID",
        arguments: ["", "42", String(Self.text.dropLast()), Self.text + "0", "g" + Self.text.dropFirst()])
    func notAnIdentifier(text: String) {
        #expect(VersionID(text) == nil)
    }

    @Test("is ordered by its bytes, as PostgreSQL orders uuid")
    func order() throws {
        let texts = [
            "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000001",
            "00000000-0000-0000-8000-000000000000", "7fffffff-ffff-ffff-ffff-ffffffffffff",
            "80000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ]
        let ids = try texts.map { try #require(UserID($0)) }
        #expect(ids.reversed().sorted() == ids)
    }

    @Test("is a string in JSON, and other strings are refused")
    func json() throws {
        let id = DeveloperID(UUID())
        let data = try JSONEncoder().encode([id])
        #expect(String(decoding: data, as: UTF8.self) == "[\"\(id)\"]")
        #expect(try JSONDecoder().decode([DeveloperID].self, from: data) == [id])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([DeveloperID].self, from: Data("[\"x\"]".utf8)) }
    }
}
