import Content

/// Bytes of one pack that one request fetches, and the chunks in them.
struct PackRun: Equatable, Sendable {
    /// Index into the manifest's packs.
    let pack: Int
    let range: Range<Int64>
    /// Indexes into the manifest's chunks, by their offset in the pack.
    let chunks: [Int]

    /// Bytes that may lie unwanted between two chunks of one request: cheaper to fetch than to ask again.
    static let widestGap: Int64 = 8 << 10
    /// Bytes of one request, unless a single chunk has more.
    static let longest: Int64 = 4 << 20

    /// Joins chunks that lie side by side.
    ///
    /// - Parameter chunks: indexes into the manifest's chunks, in any order, each once.
    /// - Returns: runs ordered by pack and offset.
    static func runs(for chunks: some Sequence<Int>, of manifest: Manifest) -> [PackRun] {
        let sorted = chunks.sorted {
            let (left, right) = (manifest.chunks[$0], manifest.chunks[$1])
            return (left.pack, left.offset, $0) < (right.pack, right.offset, $1)
        }
        var runs: [PackRun] = []
        var members: [Int] = []
        var pack = 0
        var range: Range<Int64> = 0..<0
        for index in sorted {
            let chunk = manifest.chunks[index]
            let end = chunk.offset + Int64(chunk.storedLength)
            let joins =
                !members.isEmpty && chunk.pack == pack && chunk.offset <= range.upperBound + self.widestGap
                && end - range.lowerBound <= self.longest
            if joins {
                range = range.lowerBound..<max(range.upperBound, end)
                members.append(index)
            } else {
                if !members.isEmpty { runs.append(PackRun(pack: pack, range: range, chunks: members)) }
                (pack, range, members) = (chunk.pack, chunk.offset..<end, [index])
            }
        }
        if !members.isEmpty { runs.append(PackRun(pack: pack, range: range, chunks: members)) }
        return runs
    }
}
