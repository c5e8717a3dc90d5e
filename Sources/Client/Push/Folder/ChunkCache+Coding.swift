import Content
import ContentHashing
import Digests
import LocalFiles

/// The cache as a file: `SLWH`, format, cuts, the entries, and the SHA-256 of all that. A file that is anything else is no
/// cache, and everything is read.
extension ChunkCache {
    private static let magic: [UInt8] = Array("SLWH".utf8)
    private static let format: UInt8 = 1
    private static let largest = 1 << 30
    private static let mostEntries = 4_000_000
    private static let mostChunks = 16_000_000

    /// Where the cache of a folder lies; nil when the environment names no place for caches.
    ///
    /// - Parameter root: the folder, absolute, links followed.
    static func location(of root: String, environment: [String: String]) -> String? {
        let base: String
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
            base = cache
        } else if let home = environment["HOME"], home.hasPrefix("/") {
            base = "\(home)/.cache"
        } else {
            return nil
        }
        return "\(base)/slipway/chunks/\(Digest.sha256(of: Array(root.utf8)).description.prefix(32))"
    }

    /// Reads a cache; an empty one when there is none, or none that can be read.
    ///
    /// Blocks.
    init(readingFrom path: String) {
        self.init()
        guard let bytes = try? FileSystem.contents(of: path, limit: Self.largest),
            let cache = try? ChunkCache(decoding: bytes)
        else { return }
        self = cache
    }

    /// Puts the cache in place at once.
    ///
    /// Blocks.
    func write(to path: String) throws {
        if let slash = path.lastIndex(of: "/") { try FileSystem.makeDirectories(String(path[..<slash])) }
        try FileSystem.replace(path, with: self.encoded, permissions: 0o600)
    }

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.write(bytes: Self.magic)
        writer.write(byte: Self.format)
        writer.write(byte: UInt8(FileChunker.cuts))
        writer.write(varint: self.entries.count)
        for (path, entry) in self.entries.sorted(by: { $0.key < $1.key }) {
            writer.write(path)
            writer.write(varint: UInt64(entry.stamp.size))
            writer.write(fixed: entry.stamp.modified)
            writer.write(fixed: entry.stamp.changed)
            writer.write(fixed: entry.stamp.inode)
            writer.write(varint: entry.file.chunks.count)
            for chunk in entry.file.chunks {
                writer.write(chunk.digest)
                writer.write(varint: chunk.length)
            }
        }
        return writer.bytes + Digest.sha256(of: writer.bytes).bytes
    }

    init(decoding bytes: [UInt8]) throws(ManifestError) {
        let end = bytes.count - Digest.length
        guard end > 0, Digest(bytes: Array(bytes[end...])) == Digest.sha256(of: Array(bytes[..<end])) else {
            throw .notAManifest
        }
        var reader = ByteReader(Array(bytes[..<end]))
        guard try reader.readBytes(Self.magic.count) == Self.magic, try reader.readByte() == Self.format,
            try reader.readByte() == UInt8(FileChunker.cuts)
        else { throw .notAManifest }
        var entries: [String: Entry] = [:]
        for _ in 0..<(try reader.readInt("number of files", atMost: Self.mostEntries)) {
            let path = try reader.readText("path", atMost: BuildPath.longest)
            let size = Int64(try reader.readVarint("size", atMost: UInt64(Int64.max)))
            let stamp = SourceTree.Stamp(
                size: size, modified: try reader.readFixed(), changed: try reader.readFixed(),
                inode: try reader.readFixed())
            var chunks: [(digest: Digest, length: Int)] = []
            for _ in 0..<(try reader.readInt("number of chunks", atMost: Self.mostChunks)) {
                chunks.append((try reader.readDigest(), try reader.readInt("length", atMost: 1 << 24)))
            }
            let file = ChunkedFile(chunks: chunks, digest: FileRoot.digest(of: chunks))
            entries[path] = Entry(stamp: stamp, file: file)
        }
        self.init(entries)
    }
}
