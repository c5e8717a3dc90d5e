import ObjectStore
import Testing

@Suite("Object keys")
struct ObjectKeyTests {
    @Test(
        "names that stores can keep are keys",
        arguments: ["a", "a/b/c", ".hidden", "...", "a..b", "x ", "é", String(repeating: "k", count: 255)])
    func valid(text: String) {
        #expect(ObjectKey(text)?.text == text)
    }

    @Test(
        "names that lead elsewhere or cannot be kept are none",
        arguments: [
            "", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a/.", "a\0b", "a\nb", "\u{7f}",
            String(repeating: "k", count: 256), String(repeating: "k/", count: 512) + "k",
        ])
    func invalid(text: String) {
        #expect(ObjectKey(text) == nil)
        #expect(throws: ObjectStoreError.self) { try ObjectKey(validating: text) }
    }

    @Test("the longest key has 1,024 bytes")
    func longest() {
        let text = String(repeating: String(repeating: "k", count: 255) + "/", count: 4)
        #expect(ObjectKey(String(text.dropLast())) != nil)
        #expect(ObjectKey(text + "k") == nil)
    }

    @Test("keys are equal and ordered by their bytes, not as text")
    func order() {
        #expect("e\u{301}" as String == "\u{e9}")
        #expect(ObjectKey("e\u{301}") != ObjectKey("\u{e9}"))
        #expect(Set(["e\u{301}", "\u{e9}"] as [ObjectKey]).count == 2)
        #expect(
            (["b", "a/c", "a.b", "a", "B", "a-b"] as [ObjectKey]).sorted() == ["B", "a", "a-b", "a.b", "a/c", "b"])
    }
}
