import Client
import Content
import ContentHashing
import Delta
import Digests
import Staging
import Zstd

/// A folder seen as a version: its files chunked where they stand.
enum FolderVersion {
    /// Chunks and hashes every regular file below a folder; one thread, one read of each byte and one more of each chunk.
    ///
    /// - Throws: as ``Client/SourceTree`` and reading do.
    static func content(of folder: String) throws -> VersionContent {
        let tree = try SourceTree(scanning: folder)
        var compressor = try ZstdCompressor(ZstdSettings(level: 1, windowLog: 20))
        var numbers: [Digest: Int] = [:]
        var chunks: [VersionContent.Chunk] = []
        var files: [VersionContent.File] = []
        for (index, entry) in tree.entries.enumerated() {
            guard case .file = entry.content else { continue }
            let source = try FileSource(path: "\(tree.root)/\(entry.path.text)")
            let chunked = try FileChunker.chunk(source)
            var offset: Int64 = 0
            var own: [Int] = []
            for chunk in chunked.chunks {
                if let number = numbers[chunk.digest] {
                    own.append(number)
                } else {
                    let bytes = try source.read(chunk.length, at: offset)
                    let stored = try self.storedLength(of: bytes, by: &compressor)
                    numbers[chunk.digest] = chunks.count
                    own.append(chunks.count)
                    chunks.append(
                        .init(digest: chunk.digest, length: chunk.length, storedLength: stored))
                }
                offset += Int64(chunk.length)
            }
            files.append(
                .init(index: index, path: entry.path, size: source.size, digest: chunked.digest, chunks: own))
        }
        return VersionContent(files: files, chunks: chunks)
    }

    private static func storedLength(of bytes: [UInt8], by compressor: inout ZstdCompressor) throws -> Int {
        let frame = try compressor.compress(bytes.span)
        return min(frame.count, bytes.count)
    }
}
