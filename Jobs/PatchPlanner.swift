import Content

/// Which files of a new version a patch shall make, and from which old ones.
struct PatchPlanner: Sendable {
    /// A file to be made.
    struct Target: Equatable, Sendable {
        /// Index in the new manifest.
        let file: Int
        /// Indexes in the old manifest, the likeliest first.
        let references: [Int]
    }

    let targets: [Target]
    /// Bytes the same files would cost a client that has the old version, by chunks.
    let chunkBytes: Int64

    /// Files whose content the old version has, anywhere, cost nothing and are left out; so are files that resemble
    /// nothing old, since their chunks cost no more.
    init(from old: Manifest, to new: Manifest) {
        let oldContents = Set(old.entries.compactMap(\.digest))
        let oldChunks = Set(old.chunks.map(\.digest))
        let resemblance = Resemblance(to: old)
        var targets: [Target] = []
        var needed: Set<Int> = []
        for (index, entry) in new.entries.enumerated() {
            guard case .file(let size, _, let digest, let chunks) = entry.content, size > 0,
                !oldContents.contains(digest)
            else { continue }
            let references = resemblance.references(for: entry.path, chunks: chunks.map { new.chunks[$0].digest })
            guard !references.isEmpty else { continue }
            targets.append(Target(file: index, references: references))
            needed.formUnion(chunks.filter { !oldChunks.contains(new.chunks[$0].digest) })
        }
        self.targets = targets
        self.chunkBytes = needed.reduce(0) { $0 + Int64(new.chunks[$1].storedLength) }
    }
}

/// Finds the old files that a new one may come from.
private struct Resemblance {
    private static let most = 2

    private var byPath: [BuildPath: Int] = [:]
    private var byName: [String: [Int]] = [:]
    private var byChunk: [Digest: [Int]] = [:]

    init(to old: Manifest) {
        for (index, entry) in old.entries.enumerated() {
            guard case .file(let size, _, _, let chunks) = entry.content, size > 0 else { continue }
            self.byPath[entry.path] = index
            self.byName[entry.path.name, default: []].append(index)
            for chunk in Set(chunks) {
                // A chunk that is everywhere, such as zeros, says nothing.
                if self.byChunk[old.chunks[chunk].digest]?.count ?? 0 < 8 {
                    self.byChunk[old.chunks[chunk].digest, default: []].append(index)
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

extension Manifest.Entry {
    /// Of a file's content; nil for others.
    fileprivate var digest: Digest? {
        if case .file(_, _, let digest, _) = self.content { digest } else { nil }
    }
}
