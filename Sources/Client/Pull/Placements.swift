import Content

/// Every place in the staged files that still needs bytes, ordered by chunk.
///
/// Kept as columns: a large build has millions of places.
struct Placements: Equatable, Sendable {
    private(set) var chunks: [Int32] = []
    private(set) var entries: [Int32] = []
    private(set) var offsets: [Int64] = []

    var count: Int { self.chunks.count }

    /// - Parameter wanted: for each entry to stage, whether each of its chunks is wanted.
    init(of manifest: Manifest, wanted: [(entry: Int, positions: [Bool])]) {
        var rows: [(chunk: Int32, entry: Int32, offset: Int64)] = []
        for (entry, positions) in wanted {
            for (position, piece) in manifest.pieces(of: entry).enumerated() where positions[position] {
                rows.append((Int32(piece.chunk), Int32(entry), piece.offset))
            }
        }
        rows.sort { ($0.chunk, $0.entry, $0.offset) < ($1.chunk, $1.entry, $1.offset) }
        self.chunks = rows.map(\.chunk)
        self.entries = rows.map(\.entry)
        self.offsets = rows.map(\.offset)
    }

    /// The places of one chunk.
    func range(of chunk: Int) -> Range<Int> {
        let start = self.firstIndex(from: Int32(chunk))
        var end = start
        while end < self.count, self.chunks[end] == Int32(chunk) { end += 1 }
        return start..<end
    }

    private func firstIndex(from chunk: Int32) -> Int {
        var low = 0
        var high = self.count
        while low < high {
            let middle = (low + high) / 2
            if self.chunks[middle] < chunk { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// A chunk's place in a file.
struct Piece: Equatable, Sendable {
    /// Index into the manifest's chunks.
    let chunk: Int
    let offset: Int64
    let length: Int
    let digest: Digest
}

extension Manifest {
    /// The chunks of a file in order; empty for what is no file.
    func pieces(of entry: Int) -> [Piece] {
        guard case .file(_, _, _, let chunks) = self.entries[entry].content else { return [] }
        var offset: Int64 = 0
        return chunks.map { index in
            let chunk = self.chunks[index]
            defer { offset += Int64(chunk.length) }
            return Piece(chunk: index, offset: offset, length: chunk.length, digest: chunk.digest)
        }
    }
}
