import Content

/// Finds the old files that a new one may come from.
struct Resemblance {
    private static let most = 2
    /// A chunk that is in more files than this, such as zeros, says nothing.
    private static let everywhere = 8

    private var byPath: [BuildPath: Int] = [:]
    private var byName: [String: [Int]] = [:]
    private var byChunk: [Digest: [Int]] = [:]

    init(to old: VersionContent) {
        for file in old.files where file.size > 0 {
            self.byPath[file.path] = file.index
            self.byName[file.path.name, default: []].append(file.index)
            for chunk in Set(file.chunks) {
                let digest = old.chunks[chunk].digest
                if self.byChunk[digest]?.count ?? 0 < Self.everywhere {
                    self.byChunk[digest, default: []].append(file.index)
                }
            }
        }
    }

    /// The file at the same path first, then the one that shares most chunks, then one of the same name.
    func references(for path: BuildPath, chunks: [Digest]) -> [Int] {
        var references: [Int] = []
        if let same = self.byPath[path] { references.append(same) }
        var shared: [Int: Int] = [:]
        for chunk in chunks { for file in self.byChunk[chunk] ?? [] { shared[file, default: 0] += 1 } }
        if let best = shared.max(by: { ($0.value, -$0.key) < ($1.value, -$1.key) })?.key { references.append(best) }
        if references.isEmpty, let named = self.byName[path.name]?.first { references.append(named) }
        var unique: [Int] = []
        for reference in references where !unique.contains(reference) { unique.append(reference) }
        return Array(unique.prefix(Self.most))
    }
}
