import Content
import ContentHashing
import Digests
import LocalFiles
import Packing

/// A folder, cut and hashed.
struct HashedTree: Sendable {
    /// A chunk, and one place in the folder where its bytes are.
    struct Chunk: Sendable {
        let digest: Digest
        let length: Int
        /// Index of the file's entry.
        let entry: Int
        let offset: Int64
    }

    let tree: SourceTree
    /// By the entry's index.
    let files: [Int: ChunkedFile]
    /// Distinct, in order of first use.
    let chunks: [Chunk]
    /// In the tree's order.
    let entries: [ThinBuild.Entry]

    init(_ tree: SourceTree, _ files: [Int: ChunkedFile]) {
        var chunks: [Chunk] = []
        var indexes: [Digest: Int] = [:]
        self.entries = tree.entries.enumerated().map { index, entry in
            switch entry.content {
            case .directory: return ThinBuild.Entry(path: entry.path, content: .directory)
            case .symlink(let target): return ThinBuild.Entry(path: entry.path, content: .symlink(target: target))
            case .file(_, let executable):
                var offset: Int64 = 0
                let numbers = (files[index]?.chunks ?? []).map { chunk in
                    defer { offset += Int64(chunk.length) }
                    if let number = indexes[chunk.digest] { return number }
                    indexes[chunk.digest] = chunks.count
                    chunks.append(
                        Chunk(digest: chunk.digest, length: chunk.length, entry: index, offset: offset))
                    return chunks.count - 1
                }
                return ThinBuild.Entry(path: entry.path, content: .file(executable: executable, chunks: numbers))
            }
        }
        self.tree = tree
        self.files = files
        self.chunks = chunks
    }

    /// Whether a version holds the very same tree.
    func isSame(as manifest: Manifest) -> Bool {
        guard manifest.entries.count == self.entries.count else { return false }
        return zip(manifest.entries, self.tree.entries.enumerated()).allSatisfy { theirs, ours in
            guard theirs.path == ours.element.path else { return false }
            return switch (theirs.content, ours.element.content) {
            case (.directory, .directory): true
            case (.symlink(let theirs), .symlink(let ours)): theirs == ours
            case (.file(let size, let executable, let digest, _), .file(let ownSize, let ownExecutable)):
                size == ownSize && executable == ownExecutable && digest == self.files[ours.offset]?.digest
            default: false
            }
        }
    }

    /// Reads a chunk.
    ///
    /// Blocks.
    ///
    /// - Throws: ``ClientError/changedDuringPush(_:)`` when the file holds other bytes now; ``LocalFileError``.
    func read(_ number: Int) throws -> [UInt8] {
        let chunk = self.chunks[number]
        let path = self.tree.entries[chunk.entry].path.text
        do {
            let file = try LocalFile(self.tree.location(of: chunk.entry), mode: .read)
            let bytes = try file.read(chunk.length, at: chunk.offset)
            guard Digest.sha256(of: bytes) == chunk.digest else { throw ClientError.changedDuringPush(path) }
            return bytes
        } catch let error as LocalFileError where error.code == 0 || error.isNotFound {
            throw ClientError.changedDuringPush(path)
        }
    }
}
