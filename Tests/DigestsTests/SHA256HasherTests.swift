import Content
import Digests
import Testing

@Suite("SHA-256")
struct SHA256HasherTests {
    @Test(
        "gives the digests of FIPS 180 and of the NIST test vectors",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
                "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
            ),
        ])
    func vectors(message: String, digest: String) {
        #expect(Digest.sha256(of: Array(message.utf8)).description == digest)
    }

    @Test("gives the digest of a million times a, however it is fed", arguments: [1, 63, 64, 65, 1000, 1_000_000])
    func million(step: Int) {
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        var hasher = SHA256Hasher()
        for start in stride(from: 0, to: bytes.count, by: step) {
            hasher.update(bytes.span.extracting(start..<min(start + step, bytes.count)))
        }
        let digest = hasher.finish()
        #expect(digest.description == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("a restarted hasher begins anew")
    func restart() {
        var hasher = SHA256Hasher()
        hasher.update(Array("abc".utf8))
        #expect(hasher.finishAndRestart() == Digest.sha256(of: Array("abc".utf8)))
        #expect(hasher.finishAndRestart() == Digest.sha256(of: []))
        hasher.update(Array("abc".utf8))
        hasher.update([])
        let digest = hasher.finish()
        #expect(digest == Digest.sha256(of: Array("abc".utf8)))
    }

    @Test("hashers on many tasks do not disturb each other")
    func concurrent() async {
        let inputs = (0..<64).map { [UInt8](repeating: UInt8($0), count: 10_000 + $0) }
        let expected = inputs.map { Digest.sha256(of: $0) }
        let digests = await withTaskGroup(of: (Int, Digest).self) { group in
            for (index, input) in inputs.enumerated() {
                group.addTask { (index, Digest.sha256(of: input)) }
            }
            return await group.reduce(into: [Int: Digest]()) { $0[$1.0] = $1.1 }
        }
        #expect(inputs.indices.allSatisfy { digests[$0] == expected[$0] })
    }
}
