import Archives
import Content
import Testing

@Suite("7z")
struct SevenZipTests {
    @Test("names come byte for byte, also where libarchive would change them")
    func names() throws {
        for name in ["a.txt", "cafe\u{301}", "caf\u{E9}", "日本/x", "👾"] {
            let bytes = SevenZipBytes().with { $0.name = Array(name.utf16) }.bytes
            let path = try #require(try unpack(bytes).entries.first?.path.text)
            #expect(path.utf8.elementsEqual(name.utf8))
            #expect(try unpack(bytes).contents[name] == Array("hello".utf8))
        }
    }

    @Test("modes of POSIX are understood")
    func modes() throws {
        let bytes = SevenZipBytes().with { $0.attributes = 0o100755 << 16 | 0x8000 }.bytes
        #expect(
            try unpack(bytes).entries == [.file(path: try BuildPath(validating: "a.txt"), size: 5, executable: true)])
        let link = SevenZipBytes().with {
            $0.attributes = 0o120777 << 16 | 0x8000; $0.content = Array("../x".utf8)
        }
        #expect(code(link.bytes) == "symlink_escapes")
        #expect(code(SevenZipBytes().with { $0.attributes = 0o020777 << 16 | 0x8000 }.bytes) == "device_refused")
        #expect(code(SevenZipBytes().with { $0.attributes = 0x400 }.bytes) == "symlink_target_invalid")
    }

    static let hostile: [Hostile] = {
        let good = SevenZipBytes()
        let bytes = good.bytes
        func named(_ units: [UInt16], _ code: String) -> Hostile {
            Hostile(name: "\(units)", bytes: good.with { $0.name = units }.bytes, code: code)
        }
        return [
            named(Array("../x".utf16), "path_traversal"), named(Array("/x".utf16), "path_absolute"),
            named(Array("a\\b".utf16), "path_backslash"), named(Array("CON".utf16), "path_reserved_name"),
            // libarchive stops at names that are no text before we see them.
            named([], "archive_corrupt"), named([0xD800], "archive_corrupt"),
            Hostile(name: "cut", bytes: Array(bytes.dropLast(3)), code: "archive_truncated"),
            Hostile(name: "cut early", bytes: Array(bytes.prefix(20)), code: "archive_truncated"),
            Hostile(name: "junk behind", bytes: bytes + [0], code: "archive_trailing_data"),
            Hostile(name: "empty", bytes: SevenZipBytes.wrap(header: [], content: []), code: "archive_empty"),
            Hostile(name: "no files", bytes: SevenZipBytes.wrap(header: [1, 0], content: []), code: "archive_empty"),
            Hostile(
                name: "encrypted", bytes: good.with { $0.method = [6, 0xF1, 7, 1] }.bytes, code: "archive_encrypted"),
            Hostile(
                name: "zstd", bytes: good.with { $0.method = [4, 0xF7, 0x11, 1] }.bytes,
                code: "unsupported_compression"),
            Hostile(name: "checksum", bytes: good.with { $0.checksum = 1 }.bytes, code: "crc_mismatch"),
            Hostile(name: "more files than names", bytes: good.with { $0.files = 2 }.bytes, code: "archive_corrupt"),
            Hostile(
                name: "damaged header", bytes: Array(bytes.dropLast()) + [9], code: "crc_mismatch"),
            Hostile(
                name: "a hundred million files",
                bytes: SevenZipBytes.wrap(header: [1, 5, 0xF0, 0, 0xE1, 0xF5, 5, 0, 0], content: []),
                code: "too_many_entries"),
        ]
    }()

    @Test("a bad 7z is refused with its code", arguments: hostile)
    func refuses(_ hostile: Hostile) {
        #expect(code(hostile.bytes, hostile.limits) == hostile.code)
    }

    @Test("files that meet are refused, whatever the archiver let pass")
    func conflicts() throws {
        func make(_ names: [String]) throws -> [UInt8] {
            try LibArchiveWriter.make(.sevenZip, names.map { .init(path: $0, data: Array($0.utf8)) })
        }
        #expect(code(try make(["a", "A"])) == "case_collision")
        #expect(code(try make(["a", "a"])) == "duplicate_entry")
        #expect(code(try make(["good", "../bad"])) == "path_traversal")
    }

    @Test("what expands too much is refused before anything came out")
    func bomb() throws {
        let zeros = [UInt8](repeating: 0, count: 8 << 20)
        #expect(code(try LibArchiveWriter.make(.sevenZip, [.init(path: "z", data: zeros)])) == "archive_bomb")
    }
}
