import Content
import ContentHashing
import Packing

/// What an update costs a player who has an old version, file by file, by chunks.
enum UpdateCost {
    /// A version that players have.
    struct Old: Sendable {
        var chunks: Set<Digest> = []
        /// Of files, by path.
        var contents: [BuildPath: Digest] = [:]

        init(_ manifest: Manifest) {
            self.chunks = Set(manifest.chunks.map(\.digest))
            for entry in manifest.entries {
                if case .file(_, _, let digest, _) = entry.content { self.contents[entry.path] = digest }
            }
        }

        init(_ hashed: HashedTree) {
            self.chunks = Set(hashed.chunks.map(\.digest))
            for (index, file) in hashed.files { self.contents[hashed.tree.entries[index].path] = file.digest }
        }
    }

    /// The chunks that the old version does not have, by their numbers in the new one.
    static func newChunks(from old: Old, to new: HashedTree) -> [Int] {
        new.chunks.indices.filter { !old.chunks.contains(new.chunks[$0].digest) }
    }

    /// The files that differ, in order of their paths. A chunk of several files counts for the first.
    ///
    /// - Parameter cost: bytes that a player downloads for a chunk, by its number.
    static func files(from old: Old, to new: HashedTree, cost: (Int) -> Int64) -> [UpdateFile] {
        let contents = Set(old.contents.values)
        var counted: Set<Int> = []
        var files: [UpdateFile] = []
        for (index, entry) in new.entries.enumerated() {
            guard case .file(_, let chunks) = entry.content, let digest = new.files[index]?.digest,
                old.contents[entry.path] != digest
            else { continue }
            var file = UpdateFile(
                path: entry.path, size: new.tree.entries[index].size,
                reason: contents.contains(digest) ? .moved : old.contents[entry.path] == nil ? .added : .changed)
            for chunk in chunks where !old.chunks.contains(new.chunks[chunk].digest) && counted.insert(chunk).inserted {
                file.newBytes += Int64(new.chunks[chunk].length)
                file.chunkBytes += cost(chunk)
            }
            files.append(file)
        }
        return files
    }
}
