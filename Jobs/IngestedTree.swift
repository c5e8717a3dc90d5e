import BuildStore
import Content

/// What an upload laid down, in the order of paths and numbered.
struct IngestedTree: Sendable {
    private let entries: [UnpackedEntry]

    /// Orders the entries, and drops directories that are not empty.
    init(_ entries: consuming [UnpackedEntry]) {
        let parents = Set(entries.lazy.compactMap(\.path.parent))
        entries.removeAll { $0.entry == .directory && parents.contains($0.path) }
        entries.sort { $0.path < $1.path }
        self.entries = entries
    }

    /// Numbered from 0 without gaps; made as they are asked for.
    var files: some Sequence<FileRecord> {
        self.entries.lazy.enumerated().lazy.map { number, entry in
            FileRecord(
                number: number, path: entry.path, entry: entry.entry, size: entry.size, executable: entry.executable,
                target: entry.target, digest: entry.known?.digest)
        }
    }

    /// The files whose chunks were known.
    var known: some Sequence<FileChunks> {
        self.entries.lazy.enumerated().lazy.compactMap { number, entry in
            entry.known.map { FileChunks(number: number, digest: $0.digest, chunks: $0.chunks) }
        }
    }
}
