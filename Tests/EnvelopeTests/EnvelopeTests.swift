import Content
import Testing

@testable import Envelope

@Suite("Envelope encryption")
struct EnvelopeTests {
    private static let line = "k1 " + String(repeating: "A", count: 43) + "=\n"
    private static let other = "k2 " + String(repeating: "B", count: 42) + "A=\n"

    @Test("SE-3: sealing gives the bytes of the standard")
    func vectors() throws {
        // McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B, test cases 14 and 16.
        let zero = try AES256GCM.seal(
            [UInt8](repeating: 0, count: 16), key: [UInt8](repeating: 0, count: 32),
            nonce: [UInt8](repeating: 0, count: 12), binding: [])
        #expect(Hexadecimal.encode(zero) == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")
        let key = try #require(
            Hexadecimal.decode("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"))
        let text = try #require(
            Hexadecimal.decode(
                """
                d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525\
                b16aedf5aa0de657ba637b39
                """))
        let context = try #require(Hexadecimal.decode("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
        let nonce = try #require(Hexadecimal.decode("cafebabefacedbaddecaf888"))
        let sealed = try AES256GCM.seal(text, key: key, nonce: nonce, binding: context)
        #expect(
            Hexadecimal.encode(sealed) == """
                522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838\
                c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b
                """)
        #expect(try AES256GCM.open(sealed, key: key, nonce: nonce, binding: context) == text)
    }

    @Test("SE-3: what was sealed opens in its place and nowhere else, and no bit of it may change")
    func binding() throws {
        let key = try DataKey.generate()
        for text in ["", "40702810938000000001", "Общество «Пример»"] {
            let sealed = try key.seal(text, binding: "a\nb\n1")
            #expect(sealed.count == text.utf8.count + 28)
            #expect(try key.open(sealed, binding: "a\nb\n1") == text)
            #expect(throws: EnvelopeError.tampered) { try key.open(sealed, binding: "a\nb\n2") }
            #expect(throws: EnvelopeError.tampered) { try DataKey.generate().open(sealed, binding: "a\nb\n1") }
            for index in sealed.indices {
                var changed = sealed
                changed[index] ^= 1
                #expect(throws: EnvelopeError.tampered) { try key.open(changed, binding: "a\nb\n1") }
            }
            for length in 0..<min(sealed.count, 28) {
                #expect(throws: EnvelopeError.tampered) {
                    try key.open(Array(sealed.prefix(length)), binding: "a\nb\n1")
                }
            }
        }
        #expect(try key.seal("x", binding: "c") != key.seal("x", binding: "c"), "every text has a nonce of its own")
    }

    @Test("SE-3: a key is wrapped under the first of the ring and unwrapped under any")
    func ring() throws {
        let old = try KeyRing(file: Self.line), new = try KeyRing(file: "# newest first\n\n" + Self.other + Self.line)
        let key = try DataKey.generate()
        let wrapped = try old.wrap(key, binding: "row")
        #expect(wrapped.keyID == "k1" && wrapped.bytes.count == 60)
        let again = try new.unwrap(wrapped, binding: "row")
        #expect(try again.open(key.seal("x", binding: ""), binding: "") == "x")
        let rewrapped = try new.wrap(again, binding: "row")
        #expect(rewrapped.keyID == "k2")
        #expect(throws: EnvelopeError.unknownKey(id: "k2")) { try old.unwrap(rewrapped, binding: "row") }
        #expect(throws: EnvelopeError.tampered) { try new.unwrap(wrapped, binding: "another row") }
        let renamed = WrappedKey(keyID: "k1", bytes: rewrapped.bytes)
        #expect(throws: EnvelopeError.tampered) { try new.unwrap(renamed, binding: "row") }
    }

    static let badFiles: [(String, Int)] = [
        ("", 0), ("# nothing\n", 0), ("k1\n", 1), ("k1 AAAA\n", 1), ("\nk 1 2\n", 2), ("k1 !\n", 1),
        (line + line, 2), ("ключ " + String(repeating: "A", count: 43) + "=", 1),
    ]

    @Test("a file of keys that cannot be used names its line and no key", arguments: badFiles)
    func files(text: String, line: Int) {
        do {
            _ = try KeyRing(file: text)
            Issue.record("taken")
        } catch {
            guard case .badKeyFile(line, let reason) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(!reason.contains("AAAA"))
        }
    }

    @Test("FI-3: keys do not print themselves")
    func silent() throws {
        #expect("\(try DataKey.generate())" == "DataKey")
        #expect("\(try KeyRing(file: Self.line))" == "KeyRing(k1)")
        #expect(try KeyRing(file: KeyRing.makeLine(id: "k9")).currentID == "k9")
    }
}
