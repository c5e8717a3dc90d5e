import Content
import ContentHashing
import Delta
import Packing

extension VersionContent {
    /// A folder as planning sees it.
    ///
    /// - Parameter cost: bytes that a player downloads for a chunk, by its number; at least 1.
    init(_ hashed: HashedTree, cost: (Int) -> Int64) {
        let files = hashed.entries.enumerated().compactMap { index, entry -> File? in
            guard case .file(_, let chunks) = entry.content, let digest = hashed.files[index]?.digest else {
                return nil
            }
            return File(
                index: index, path: entry.path, size: hashed.tree.entries[index].size, digest: digest, chunks: chunks)
        }
        let chunks = hashed.chunks.enumerated().map { number, chunk in
            Chunk(digest: chunk.digest, length: chunk.length, storedLength: Int(cost(number)))
        }
        self.init(files: files, chunks: chunks)
    }
}
