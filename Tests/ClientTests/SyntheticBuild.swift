import Client
import Content
import ContentHashing
import Digests
import Foundation
import ManifestSigning
import Patching
import Zstd

/// A build made in memory: paths and what stands there.
struct SyntheticBuild {
    enum Item {
        case file([UInt8], executable: Bool = false)
        case directory
        case symlink(String)
    }

    static let game = GameID(UUID())

    let version = VersionID(UUID())
    let name: String
    var items: [String: Item]

    init(_ name: String, _ items: [String: Item]) {
        self.name = name
        self.items = items
    }

    /// Every kind of entry, deep and long names, an empty file and the same content twice.
    static let mixed = SyntheticBuild(
        "1",
        [
            "a.bin": .file(bytes(512, seed: 1)),
            "b/one": .file(bytes(1, seed: 2)),
            "b/none": .file([]),
            "b/more": .file(bytes(513, seed: 3), executable: true),
            "b/more again": .file(bytes(513, seed: 3)),
            "b/большая папка/данные.txt": .file(bytes(400_000, seed: 4)),
            "c/" + String(repeating: "long/", count: 40) + "name.bin": .file(bytes(700, seed: 5)),
            "c/" + String(repeating: "n", count: 99): .file([2]),
            "empty": .directory,
            "b/link": .symlink("one"),
            "c/far": .symlink("../b/" + String(repeating: "x/../", count: 40) + "more"),
        ])

    /// Bytes that depend on the seed and compress a little.
    static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 58)
        }
    }
}

/// What a service would serve for a build, held in memory.
final class MemoryContent: FetchSource {
    let manifestValue: Manifest
    let digest: Digest
    let envelope: [UInt8]
    let packs: [Digest: [UInt8]]
    let patches: [VersionID: [UInt8]]

    private static let chunkSize = 2048
    private static let packSize = 24 << 10

    init(
        _ build: SyntheticBuild, key: Ed25519.SigningKey, from old: (SyntheticBuild, MemoryContent)? = nil,
        level: PatchLevel = .fast
    ) throws {
        var chunks: [Manifest.Chunk] = []
        var known: [Digest: Int] = [:]
        var packs: [[UInt8]] = []
        var stored: [(digest: Digest, length: Int, pack: Int, offset: Int, storedLength: Int, codec: ChunkCodec)] = []
        var entries: [Manifest.Entry] = []
        var compressor = try ZstdCompressor(ZstdSettings(level: 3))
        for (text, item) in build.items.sorted(by: { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) })
        {
            let path = try BuildPath(validating: text)
            switch item {
            case .directory: entries.append(Manifest.Entry(path: path, content: .directory))
            case .symlink(let target): entries.append(Manifest.Entry(path: path, content: .symlink(target: target)))
            case .file(let bytes, let executable):
                var indexes: [Int] = []
                for start in stride(from: 0, to: bytes.count, by: Self.chunkSize) {
                    let piece = Array(bytes[start..<min(start + Self.chunkSize, bytes.count)])
                    let digest = Digest.sha256(of: piece)
                    if let index = known[digest] {
                        indexes.append(index)
                        continue
                    }
                    let compressed = try compressor.compress(piece.span)
                    let (codec, content): (ChunkCodec, [UInt8]) =
                        compressed.count < piece.count ? (.zstd, compressed) : (.stored, piece)
                    if packs.last.map({ $0.count >= Self.packSize }) ?? true { packs.append([]) }
                    let pack = packs.count - 1
                    stored.append((digest, piece.count, pack, packs[pack].count, content.count, codec))
                    packs[pack] += content
                    known[digest] = stored.count - 1
                    indexes.append(stored.count - 1)
                }
                let root = FileRoot.digest(of: indexes.map { (digest: stored[$0].digest, length: stored[$0].length) })
                entries.append(
                    Manifest.Entry(
                        path: path,
                        content: .file(size: Int64(bytes.count), executable: executable, digest: root, chunks: indexes))
                )
            }
        }
        chunks = stored.map {
            Manifest.Chunk(
                digest: $0.digest, length: $0.length, pack: $0.pack, offset: Int64($0.offset),
                storedLength: $0.storedLength, codec: $0.codec)
        }
        self.manifestValue = Manifest(
            game: SyntheticBuild.game, version: build.version, versionString: build.name, entries: entries,
            chunks: chunks,
            packs: packs.map { Manifest.Pack(digest: Digest.sha256(of: $0), size: Int64($0.count)) })
        let sealed = try ManifestEnvelope.seal(self.manifestValue, with: key)
        self.envelope = sealed.bytes
        self.digest = sealed.digest
        self.packs = Dictionary(uniqueKeysWithValues: packs.map { (Digest.sha256(of: $0), $0) })
        if let (oldBuild, oldContent) = old {
            let patch = try Self.patch(
                from: (oldBuild, oldContent.manifestValue, oldContent.digest),
                to: (build, self.manifestValue, sealed.digest), level: level)
            self.patches = [oldBuild.version: patch]
        } else {
            self.patches = [:]
        }
    }

    /// A patch for the files whose content the old version has nowhere.
    private static func patch(
        from old: (build: SyntheticBuild, manifest: Manifest, digest: Digest),
        to new: (build: SyntheticBuild, manifest: Manifest, digest: Digest), level: PatchLevel
    ) throws -> [UInt8] {
        let oldDigests = Set(old.manifest.entries.compactMap(\.fileDigest))
        let oldIndexes = Dictionary(uniqueKeysWithValues: old.manifest.entries.enumerated().map { ($1.path, $0) })
        var targets: [PatchTarget] = []
        for (index, entry) in new.manifest.entries.enumerated() {
            guard let digest = entry.fileDigest, !oldDigests.contains(digest),
                case .file(let bytes, _)? = new.build.items[entry.path.text], !bytes.isEmpty
            else { continue }
            var references: [PatchReference] = []
            if let oldIndex = oldIndexes[entry.path], case .file(let oldBytes, _)? = old.build.items[entry.path.text] {
                references = [PatchReference(file: oldIndex, source: MemorySource(oldBytes))]
            }
            targets.append(PatchTarget(file: index, source: MemorySource(bytes), references: references))
        }
        var patch: [UInt8] = []
        _ = try PatchEncoder(from: old.digest, to: new.digest, level: level, memory: .mebibytes(128), threads: 1)
            .encode(
                targets,
                to: { bytes in
                    for index in bytes.indices { patch.append(bytes[index]) }
                })
        return patch
    }

    func manifest() async throws -> [UInt8] { self.envelope }

    func patch(from version: VersionID) async throws -> PatchOffer? {
        self.patches[version].map { PatchOffer(from: version, size: Int64($0.count)) }
    }

    func read(_ range: Range<Int64>, of object: FetchObject) async throws -> [UInt8] {
        let bytes: [UInt8]? =
            switch object {
            case .pack(let digest): self.packs[digest]
            case .patch(let from): self.patches[from]
            }
        guard let bytes else { throw ClientError.noSuchVersion("\(object)") }
        return Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
    }
}

extension Manifest.Entry {
    var fileDigest: Digest? {
        guard case .file(_, _, let digest, _) = self.content else { return nil }
        return digest
    }
}
