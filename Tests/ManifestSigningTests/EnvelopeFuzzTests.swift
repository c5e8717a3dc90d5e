import Content
import Digests
import FoundationEssentials
import Fuzzing
import Testing

@testable import ManifestSigning

@Suite("Envelopes of manifests, damaged")
struct EnvelopeFuzzTests {
    @Test("a damaged envelope is refused, or holds the very manifest that was signed")
    func damaged() throws {
        let key = try Ed25519.SigningKey.generate()
        var writer = ManifestWriter()
        for number in 0..<60 {
            writer.add(
                Manifest.Entry(path: try BuildPath(validating: "d/\(100 + number)"), content: .symlink(target: "x")))
        }
        let payload = writer.finish(game: GameID(UUID()), version: VersionID(UUID()), versionString: "1.0")
        let sealed = try ManifestEnvelope.seal(payload: payload, with: key)
        var mutator = ByteMutator(seed: 0xE2)
        var refused = 0
        for round in 0..<FuzzRounds.count(3000) {
            // The head most of all: everything behind it is covered by its signature.
            let bytes =
                round % 2 == 0
                ? mutator.damaged(sealed.bytes)
                : mutator.damaged(Array(sealed.bytes.prefix(90))) + sealed.bytes.dropFirst(90)
            do {
                let opened = try ManifestEnvelope.open(bytes, trusting: [key.verifyingKey])
                #expect(opened.digest == sealed.digest && opened.manifest.encoded() == payload)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 1000)
    }
}
