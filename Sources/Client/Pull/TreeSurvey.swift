import Content
import LocalFiles
import Threads

/// Looks at a folder and tells what stands at the paths of some manifests.
struct TreeSurvey: Sendable {
    let folder: InstallFolder
    let pool: ThreadPool
    let progress: any ProgressSink

    /// A file, and what its content may be.
    private struct Suspect: Sendable {
        let path: BuildPath
        let status: FileStatus
        var candidates: [Candidate]
    }

    /// One content that a manifest gives to a path.
    private struct Candidate: Sendable {
        let digest: Digest
        let size: Int64
        let pieces: [Piece]
    }

    private static let batch = 512

    /// - Parameters:
    ///   - manifests: whose paths count, the likeliest content first.
    ///   - index: what was known before.
    func run(_ manifests: [Manifest], index: FileIndex) async throws -> InstalledTree {
        let paths = self.paths(of: manifests)
        let statuses = try await self.statuses(of: paths)
        var tree = InstalledTree()
        var suspects: [Suspect] = []
        var byPath: [BuildPath: Int] = [:]
        // What lies behind a link lies elsewhere: it is neither ours nor in our way.
        var closed: Set<BuildPath> = []
        for (path, found) in zip(paths, statuses) {
            guard let found else { continue }
            if let parent = path.parent, closed.contains(parent) {
                closed.insert(path)
                continue
            }
            if found.status.kind != .directory { closed.insert(path) }
            switch found.status.kind {
            case .directory: tree.add(.directory, at: path)
            case .symlink: tree.add(found.target.map { .symlink(target: $0) } ?? .other, at: path)
            case .other: tree.add(.other, at: path)
            case .file:
                byPath[path] = suspects.count
                suspects.append(Suspect(path: path, status: found.status, candidates: []))
            }
        }
        for manifest in manifests {
            for (number, entry) in manifest.entries.enumerated() {
                guard case .file(let size, _, let digest, _) = entry.content, let suspect = byPath[entry.path],
                    !suspects[suspect].candidates.contains(where: { $0.digest == digest })
                else { continue }
                suspects[suspect].candidates.append(
                    Candidate(digest: digest, size: size, pieces: manifest.pieces(of: number)))
            }
        }
        try await self.identify(suspects, index: index, into: &tree)
        return tree
    }

    /// All paths of the manifests, and the folders they lie in.
    private func paths(of manifests: [Manifest]) -> [BuildPath] {
        var paths: Set<BuildPath> = []
        for entry in manifests.flatMap(\.entries) where paths.insert(entry.path).inserted {
            var parent = entry.path.parent
            while let folder = parent, paths.insert(folder).inserted { parent = folder.parent }
        }
        return paths.sorted()
    }

    private typealias Found = (status: FileStatus, target: String?)

    private func statuses(of paths: [BuildPath]) async throws -> [Found?] {
        let batches = stride(from: 0, to: paths.count, by: Self.batch).map {
            Array(paths[$0..<min($0 + Self.batch, paths.count)])
        }
        let found = try await inParallel(batches, limit: self.pool.threads) { batch in
            try await self.pool.run { () throws -> [Found?] in
                try batch.map { path in
                    let location = self.folder.location(of: path)
                    guard let status = try FileSystem.status(of: location) else { return nil }
                    return (status, status.kind == .symlink ? try FileSystem.target(ofLink: location) : nil)
                }
            }
        }
        return found.flatMap { $0 }
    }

    /// Finds out what is in the files: from the index where it can, by reading otherwise.
    private func identify(_ suspects: [Suspect], index: FileIndex, into tree: inout InstalledTree) async throws {
        var unread: [Int] = []
        for (number, suspect) in suspects.enumerated() {
            let known = index.digest(of: suspect.path, suspect.status)
            // Content without chunks is known by its size.
            if let match = suspect.candidates.first(where: {
                $0.size == suspect.status.size && ($0.digest == known || $0.size == 0)
            }) {
                self.add(match, of: suspect, to: &tree)
            } else {
                unread.append(number)
            }
        }
        let total = unread.reduce(Int64(0)) { $0 + suspects[$1].status.size }
        let counter = StageCounter("check", total: total, progress: self.progress)
        // Contents of the right size first; of another size, only single chunks can be right.
        for round in 0..<(unread.map { suspects[$0].candidates.count }.max() ?? 0) {
            let open = unread.compactMap { number -> (suspect: Suspect, candidate: Candidate)? in
                let suspect = suspects[number]
                let ranked = suspect.candidates.enumerated().sorted {
                    let (left, right) = ($0.element.size == suspect.status.size, $1.element.size == suspect.status.size)
                    return left == right ? $0.offset < $1.offset : left
                }
                return round < ranked.count ? (suspect, ranked[round].element) : nil
            }
            let right = try await ChunkCheck.run(
                open.map {
                    ChunkCheck.Subject(path: self.folder.location(of: $0.suspect.path), pieces: $0.candidate.pieces)
                },
                on: self.pool, onBytes: { counter.add($0) })
            var identified: Set<BuildPath> = []
            for ((suspect, candidate), pieces) in zip(open, right) {
                if suspect.status.size == candidate.size, pieces.allSatisfy({ $0 }) {
                    self.add(candidate, of: suspect, to: &tree)
                    identified.insert(suspect.path)
                } else {
                    self.add(pieces, of: candidate, suspect, to: &tree)
                }
            }
            unread.removeAll { identified.contains(suspects[$0].path) }
        }
        counter.finish()
        for number in unread {
            let suspect = suspects[number]
            let executable = FileMode(permissions: suspect.status.permissions).isExecutable
            tree.add(.file(size: suspect.status.size, executable: executable, digest: nil), at: suspect.path)
        }
    }

    private func add(_ content: Candidate, of suspect: Suspect, to tree: inout InstalledTree) {
        let executable = FileMode(permissions: suspect.status.permissions).isExecutable
        tree.add(.file(size: content.size, executable: executable, digest: content.digest), at: suspect.path)
        self.add(Array(repeating: true, count: content.pieces.count), of: content, suspect, to: &tree)
    }

    private func add(_ right: [Bool], of content: Candidate, _ suspect: Suspect, to tree: inout InstalledTree) {
        for (piece, isRight) in zip(content.pieces, right) where isRight {
            tree.add(chunk: piece.digest, at: InstalledTree.Place(path: suspect.path, offset: piece.offset))
        }
    }
}
