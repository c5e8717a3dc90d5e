import Content
import Foundation
import Testing

@Suite("Paths of a build")
struct BuildPathTests {
    @Test(
        "a path fit for every system is taken as it is",
        arguments: [
            "a", "Game.exe", "data/levels/01.pak", "Über/straße.txt", "データ/音楽.ogg", ".hidden", "a b/c d", "...hidden",
            "console", "com10", "con1", "nulx.txt", "lib.so.1", "👩‍👩‍👧/x", "-rf", "~", "$HOME", "%TEMP%", "a'b",
        ])
    func accepts(_ text: String) throws {
        #expect(try BuildPath(validating: text).text.utf8.elementsEqual(text.utf8))
    }

    @Test(
        "a path unfit for some system is refused with its code",
        arguments: [
            ("../x", "path_traversal"), ("a/..", "path_traversal"), ("a/../../b", "path_traversal"),
            ("..\\x", "path_traversal"), ("/abs", "path_absolute"), ("\\abs", "path_absolute"),
            ("C:\\x", "path_absolute"), ("c:x", "path_absolute"), ("\\\\host\\x", "path_absolute"),
            ("//host/x", "path_absolute"), ("", "path_invalid"), (".", "path_invalid"), ("..", "path_invalid"),
            ("a/./b", "path_invalid"), ("a//b", "path_invalid"), ("a/", "path_invalid"), ("a\u{0}b", "path_invalid"),
            ("a\nb", "path_invalid"), ("a\u{7F}", "path_invalid"), ("a\u{85}", "path_invalid"),
            ("a\u{2028}", "path_invalid"), ("\u{FEFF}a", "path_invalid"),
            ("game\u{202E}gpj.exe", "path_bidi"), ("a\u{2066}", "path_bidi"), ("a\u{200F}", "path_bidi"),
            ("CON", "path_reserved_name"), ("con", "path_reserved_name"), ("nul.txt", "path_reserved_name"),
            ("NUL .txt", "path_reserved_name"), ("a/Aux/b", "path_reserved_name"), ("aux.", "path_reserved_name"),
            ("COM1", "path_reserved_name"), ("lpt9.tar.gz", "path_reserved_name"),
            ("COM\u{B9}", "path_reserved_name"), ("LPT\u{B3}.x", "path_reserved_name"),
            ("CONIN$", "path_reserved_name"), ("conout$.txt", "path_reserved_name"),
            ("a.", "path_trailing_dot_or_space"), ("a ", "path_trailing_dot_or_space"),
            ("a /b", "path_trailing_dot_or_space"), ("...", "path_trailing_dot_or_space"),
            ("a:b", "path_absolute"), ("aa:b", "path_forbidden_character"), ("a*", "path_forbidden_character"),
            ("a?", "path_forbidden_character"), ("a\"", "path_forbidden_character"),
            ("a<b", "path_forbidden_character"), ("a>b", "path_forbidden_character"),
            ("a|b", "path_forbidden_character"), ("a\\b", "path_backslash"),
        ])
    func refuses(_ text: String, _ code: String) throws {
        let problem = try #require(PathProblem(rawValue: code))
        #expect(throws: problem) { try BuildPath(validating: text) }
        #expect(BuildPath(text) == nil)
    }

    @Test("limits count bytes and components, and are taken up to the last one")
    func limits() throws {
        let longestName = String(repeating: "a", count: 255)
        #expect(try BuildPath(validating: longestName).name == longestName)
        #expect(throws: PathProblem.componentTooLong) { try BuildPath(validating: longestName + "a") }
        #expect(throws: PathProblem.componentTooLong) { try BuildPath(validating: String(repeating: "é", count: 128)) }

        let deepest = repeatElement("d", count: 64).joined(separator: "/")
        #expect(try BuildPath(validating: deepest).components.count == 64)
        #expect(throws: PathProblem.tooDeep) { try BuildPath(validating: deepest + "/d") }

        let longest = repeatElement(String(repeating: "a", count: 204), count: 5).joined(separator: "/")
        #expect(try BuildPath(validating: longest).text.utf8.count == 1024)
        #expect(throws: PathProblem.tooLong) { try BuildPath(validating: longest + "a") }
        #expect(throws: PathProblem.componentTooLong) { try BuildPath(validating: String(repeating: "a", count: 2000)) }
    }

    @Test(
        "bytes that are no UTF-8 are refused",
        arguments: [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0x61, 0x80]])
    func utf8(_ bytes: [UInt8]) {
        #expect(throws: PathProblem.notUTF8) { try BuildPath(validating: bytes) }
    }

    @Test("paths are equal and ordered by their bytes, not by what they look like")
    func order() throws {
        let composed = try BuildPath(validating: "caf\u{E9}")
        let decomposed = try BuildPath(validating: "cafe\u{301}")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)

        let texts = ["a", "a/b", "a!", "B", "é", "z", "a/b/c", "\u{FFFD}", "\u{10000}", "ab"]
        let sorted = try texts.map { try BuildPath(validating: $0) }.sorted().map { Array($0.text.utf8) }
        #expect(sorted == texts.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) })
        #expect(!(composed < composed))
    }

    @Test("parent and name put together give the path")
    func parts() throws {
        let path = try BuildPath(validating: "a/b/c.txt")
        #expect(path.name == "c.txt")
        #expect(path.parent?.text == "a/b")
        #expect(path.parent?.parent?.text == "a")
        #expect(path.parent?.parent?.parent == nil)
        #expect(path.components == ["a", "b", "c.txt"])
        #expect(path.bytes == Array("a/b/c.txt".utf8))
    }

    @Test("JSON holds the plain path, and a bad one does not decode")
    func json() throws {
        let path = try BuildPath(validating: "a/b")
        let data = try JSONEncoder().encode([path])
        #expect(try JSONDecoder().decode([BuildPath].self, from: data) == [path])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([BuildPath].self, from: Data(#"["../x"]"#.utf8))
        }
    }

    @Test("whatever is accepted survives being taken apart and put together", arguments: 0..<200)
    func property(_ seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func next(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        let alphabet = Array("abC/.. \\:\u{202E}é\u{301}ſß1\u{0}*NULcon$").map(String.init)
        for _ in 0..<50 {
            let text = (0..<next(12)).map { _ in alphabet[next(alphabet.count)] }.joined()
            guard let path = BuildPath(text) else { continue }
            #expect(path.components.joined(separator: "/").utf8.elementsEqual(text.utf8))
            #expect(!path.components.contains(".."))
            #expect(!text.hasPrefix("/") && !text.contains("\\") && !text.contains("\u{0}"))
        }
    }
}
