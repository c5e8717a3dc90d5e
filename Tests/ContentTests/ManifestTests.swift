import Content
import FoundationEssentials
import Fuzzing
import Testing

@Suite("Manifest")
struct ManifestTests {
    @Test("encoding and decoding give the same manifest back")
    func roundTrip() throws {
        let manifest = try Self.sample()
        #expect(try Manifest(decoding: manifest.encoded()) == manifest)
    }

    @Test("the encoding is pinned: these bytes are format 1")
    func golden() throws {
        let bytes = try Self.sample().encoded()
        #expect(bytes.count == 263)
        #expect(
            Hexadecimal.encode(bytes.prefix(64))
                == "534c574d01000000000000000000000000000000010000000000000000000000000000000205312e302e30"
                + "010909090909090909090909090909090909090909")
    }

    @Test("every truncation is refused, none crashes")
    func truncations() throws {
        let bytes = try Self.sample().encoded()
        for count in 0..<bytes.count {
            #expect(throws: ManifestError.self) { try Manifest(decoding: Array(bytes.prefix(count))) }
        }
    }

    @Test("mutated bytes never crash, and what still decodes encodes to the same bytes", arguments: 0..<20)
    func mutations(seed: UInt64) throws {
        let bytes = try Self.sample().encoded()
        var generator = SplitMix64(state: seed)
        for _ in 0..<FuzzRounds.count(200) {
            var mutated = bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                mutated[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            guard let manifest = try? Manifest(decoding: mutated) else { continue }
            #expect(manifest.encoded() == mutated)
        }
    }

    @Test("a chunk that reaches past its pack is refused")
    func chunkOutsidePack() throws {
        let digest = Digest(bytes: [UInt8](repeating: 1, count: 32))
        let manifest = Manifest(
            game: GameID(UUID()), version: VersionID(UUID()), versionString: "1", entries: [],
            chunks: [.init(digest: digest, length: 8, pack: 0, offset: 5, storedLength: 8, codec: .stored)],
            packs: [.init(digest: digest, size: 12)])
        #expect(throws: ManifestError.self) { try Manifest(decoding: manifest.encoded()) }
    }

    @Test("paths out of order, or twice, are refused")
    func disorder() throws {
        for paths in [["b", "a"], ["a", "a"]] {
            let entries = try paths.map { Manifest.Entry(path: try BuildPath(validating: $0), content: .directory) }
            let manifest = Manifest(
                game: GameID(UUID()), version: VersionID(UUID()), versionString: "1", entries: entries, chunks: [],
                packs: [])
            #expect(throws: ManifestError.self) { try Manifest(decoding: manifest.encoded()) }
        }
    }

    static func sample() throws -> Manifest {
        let first = Digest(bytes: [UInt8](repeating: 3, count: 32))
        let second = Digest(bytes: [UInt8](repeating: 4, count: 32))
        return Manifest(
            game: GameID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1))),
            version: VersionID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2))),
            versionString: "1.0.0",
            entries: [
                .init(path: try BuildPath(validating: "Data"), content: .directory),
                .init(
                    path: try BuildPath(validating: "bin/game"),
                    content: .file(size: 300, executable: true, digest: first, chunks: [0, 1, 0])),
                .init(path: try BuildPath(validating: "bin/run"), content: .symlink(target: "game")),
                .init(
                    path: try BuildPath(validating: "empty"),
                    content: .file(size: 0, executable: false, digest: second, chunks: [])),
            ],
            chunks: [
                .init(digest: first, length: 100, pack: 0, offset: 0, storedLength: 60, codec: .zstd),
                .init(digest: second, length: 100, pack: 0, offset: 60, storedLength: 100, codec: .stored),
            ],
            packs: [.init(digest: Digest(bytes: [UInt8](repeating: 9, count: 32)), size: 160)])
    }
}

/// A small generator with a fixed seed (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014).
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
