import Content
import ContentHashing
import Digests
import FoundationEssentials
import ManifestSigning
import Testing

@Suite("Manifest envelope")
struct ManifestEnvelopeTests {
    let key: Ed25519.SigningKey
    let manifest: Manifest

    init() throws {
        self.key = try Ed25519.SigningKey(seed: Array(0..<32))
        let digest = Digest.sha256(of: [UInt8]("chunk".utf8))
        self.manifest = Manifest(
            game: GameID(UUID()), version: VersionID(UUID()), versionString: "1.2",
            entries: [
                .init(
                    path: try BuildPath(validating: "a.txt"),
                    content: .file(
                        size: 5, executable: false, digest: FileRoot.digest(of: [(digest: digest, length: 5)]),
                        chunks: [0]))
            ],
            chunks: [.init(digest: digest, length: 5, pack: 0, offset: 0, storedLength: 5, codec: .stored)],
            packs: [.init(digest: digest, size: 5)])
    }

    @Test("what was sealed opens with the key, and the digest is the payload's SHA-256")
    func roundTrip() throws {
        let sealed = try ManifestEnvelope.seal(self.manifest, with: self.key)
        let opened = try ManifestEnvelope.open(sealed.bytes, trusting: [self.key.verifyingKey])
        #expect(opened.manifest == self.manifest)
        #expect(opened.digest == sealed.digest)
        #expect(sealed.digest == Digest.sha256(of: self.manifest.encoded()))
    }

    @Test("sealing twice gives the same bytes")
    func deterministic() throws {
        #expect(
            try ManifestEnvelope.seal(self.manifest, with: self.key)
                == ManifestEnvelope.seal(self.manifest, with: self.key))
    }

    @Test("another key is refused by its id")
    func unknownKey() throws {
        let sealed = try ManifestEnvelope.seal(self.manifest, with: self.key)
        let other = try Ed25519.SigningKey.generate().verifyingKey
        #expect(throws: ManifestSigningError.self) { try ManifestEnvelope.open(sealed.bytes, trusting: [other]) }
    }

    @Test("no changed byte gets through")
    func tampering() throws {
        let sealed = try ManifestEnvelope.seal(self.manifest, with: self.key)
        for index in sealed.bytes.indices {
            var bytes = sealed.bytes
            bytes[index] ^= 1
            let opened = try? ManifestEnvelope.open(bytes, trusting: [self.key.verifyingKey])
            #expect(opened == nil || opened?.manifest == self.manifest, "byte \(index)")
        }
    }

    @Test("no truncation gets through")
    func truncation() throws {
        let sealed = try ManifestEnvelope.seal(self.manifest, with: self.key)
        for count in 0..<sealed.bytes.count {
            #expect(throws: ManifestSigningError.self) {
                try ManifestEnvelope.open(Array(sealed.bytes.prefix(count)), trusting: [self.key.verifyingKey])
            }
        }
    }

    @Test("the root of no chunks, and of two, are these")
    func goldenRoots() {
        #expect(
            FileRoot.digest(of: []).description
                == Digest.sha256(
                    of: Array("slipway-file-v1".utf8) + [0] + [UInt8](repeating: 0, count: 8)
                ).description)
        let one = Digest.sha256(of: [1])
        let two = Digest.sha256(of: [2])
        let bytes =
            Array("slipway-file-v1".utf8) + [0, 0, 0, 0, 0, 0, 0, 0, 3] + one.bytes + [0, 0, 0, 1] + two.bytes
            + [0, 0, 0, 2]
        #expect(
            FileRoot.digest(of: [(digest: one, length: 1), (digest: two, length: 2)]) == Digest.sha256(of: bytes))
    }
}
