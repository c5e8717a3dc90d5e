public import Content
import Delta

/// What has to be done to a folder so that it holds one version, and nothing else of ours.
///
/// Pure: made from what the manifest says and what stands in the folder. The same input gives the same plan.
public struct InstallPlan: Equatable, Sendable {
    /// How one file comes to be.
    public enum Action: Equatable, Sendable {
        /// It is there.
        case keep
        /// Its content is there, and only whether it may run has to change.
        case setMode
        /// Another installed file has its content.
        case copy(from: BuildPath)
        /// Groups of a patch make it.
        case patch
        /// It is put together from chunks: of installed files where they have them, from packs otherwise.
        case chunks
    }

    public struct Step: Equatable, Sendable {
        /// Index into the manifest's entries.
        public let entry: Int
        public let action: Action
    }

    /// What the plan comes to.
    public struct Totals: Equatable, Sendable {
        public var filesKept = 0
        public var filesCopied = 0
        public var filesPatched = 0
        public var filesFromChunks = 0
        /// Content of files that stay.
        public var bytesKept: Int64 = 0
        /// Content taken from other installed files.
        public var bytesReused: Int64 = 0
        /// Payload of the patch groups.
        public var bytesByPatch: Int64 = 0
        /// Stored bytes of the chunks to fetch, before any joining of requests.
        public var bytesByChunks: Int64 = 0
        /// Content of files that are staged.
        public var bytesStaged: Int64 = 0
        /// Of these, what staging lacks: the room that is needed.
        public var bytesOpen: Int64 = 0
    }

    /// One step for each file, in the manifest's order.
    public let steps: [Step]
    /// Entries that are links and have to be made.
    public let links: [Int]
    /// Paths of ours that are in no way part of the version.
    public let removals: [BuildPath]
    /// Paths of ours that are not part of the version either, and stay, because somebody changed them.
    public let spared: [BuildPath]
    public let totals: Totals

    /// Places that need bytes.
    let placements: Placements
    /// Places whose bytes an installed file has, ordered by entry and offset.
    let copies: [LocalCopy]
    /// Chunks to fetch, ascending.
    let remote: [Int]
    let patch: PatchChoice

    /// A place whose bytes lie in an installed file.
    struct LocalCopy: Equatable, Sendable {
        /// Index into ``placements``.
        let placement: Int
        let from: InstalledTree.Place
    }

    /// A patch that may be used.
    struct Patch: Sendable {
        let groups: [PatchGroup]
        /// Groups that make bytes for others.
        var shared: [PatchGroup] = []
        /// The version it starts from.
        let old: Manifest
        /// Bytes that have to be fetched for a group, and for a shared one.
        let cost: @Sendable (Int) -> Int64
        var sharedCost: @Sendable (Int) -> Int64 = { _ in 0 }
    }

    /// - Parameters:
    ///   - manifest: what the folder shall hold.
    ///   - tree: what it holds.
    ///   - previous: manifests whose files are ours: installed before, or begun.
    ///   - staged: by entry, the places that staging has already, verified.
    /// - Throws: ``ClientError/blocked(path:)``.
    init(
        for manifest: Manifest, on tree: InstalledTree, previous: [Manifest] = [], staged: [Int: [Bool]] = [:],
        patch: Patch? = nil
    ) throws(ClientError) {
        var draft = Draft(manifest: manifest, tree: tree)
        draft.sortFiles(staged: staged)
        let placements = Placements(of: manifest, wanted: draft.wanted)
        draft.findSources(of: placements, patch: patch)
        let leaving = Leaving(previous: previous, manifest: manifest, tree: tree)
        try draft.checkRoom(removing: leaving.removals)

        self.steps = draft.steps
        self.links = draft.links
        self.removals = leaving.removals.sorted()
        self.spared = leaving.spared.sorted()
        self.totals = draft.totals
        self.placements = placements
        self.copies = draft.copies
        self.remote = draft.remote
        self.patch = draft.patch
    }

    /// Whether the folder already is what it shall be.
    public var isDone: Bool {
        self.links.isEmpty && self.removals.isEmpty && self.steps.allSatisfy { $0.action == .keep }
    }

    /// Bytes that the plan fetches.
    public var bytesToFetch: Int64 { self.totals.bytesByPatch + self.totals.bytesByChunks }
}

/// A plan while it is made.
private struct Draft {
    let manifest: Manifest
    let tree: InstalledTree
    var steps: [InstallPlan.Step] = []
    var wanted: [(entry: Int, positions: [Bool])] = []
    var links: [Int] = []
    var totals = InstallPlan.Totals()
    var copies: [InstallPlan.LocalCopy] = []
    var remote: [Int] = []
    var patch = PatchChoice()

    init(manifest: Manifest, tree: InstalledTree) {
        self.manifest = manifest
        self.tree = tree
    }

    mutating func sortFiles(staged: [Int: [Bool]]) {
        for (index, entry) in self.manifest.entries.enumerated() {
            switch entry.content {
            case .directory:
                continue
            case .symlink(let target):
                if self.tree.items[entry.path] != .symlink(target: target) { self.links.append(index) }
            case .file(let size, let executable, let digest, let chunks):
                if self.tree.holds(digest, at: entry.path) {
                    let isRight =
                        self.tree.items[entry.path] == .file(size: size, executable: executable, digest: digest)
                    self.steps.append(InstallPlan.Step(entry: index, action: isRight ? .keep : .setMode))
                    self.totals.filesKept += 1
                    self.totals.bytesKept += size
                    continue
                }
                self.totals.bytesStaged += size
                self.wanted.append((index, staged[index]?.map { !$0 } ?? Array(repeating: true, count: chunks.count)))
                // What becomes of it is known when its chunks have been looked for.
                self.steps.append(InstallPlan.Step(entry: index, action: .chunks))
            }
        }
    }

    mutating func findSources(of placements: Placements, patch: InstallPlan.Patch?) {
        let (local, remote) = self.split(placements)
        if let patch {
            self.patch = PatchChoice(of: patch, for: self.manifest, remote: remote) { file in
                guard patch.old.entries.indices.contains(file),
                    case .file(_, _, let digest, _) = patch.old.entries[file].content
                else { return false }
                return self.tree.holds(digest, at: patch.old.entries[file].path)
            }
        }
        self.copies = local.filter { copy in
            let entry = Int(placements.entries[copy.placement])
            return !self.patch.covers(self.piece(copy.placement, of: placements), of: entry)
        }.sorted {
            (placements.entries[$0.placement], placements.offsets[$0.placement])
                < (placements.entries[$1.placement], placements.offsets[$1.placement])
        }
        var chunks: Set<Int> = []
        for (entry, pieces) in remote {
            for piece in pieces where !self.patch.covers(piece, of: entry) { chunks.insert(piece.chunk) }
        }
        self.remote = chunks.sorted()
        self.total(placements)
    }

    /// Where the bytes of each place can be found without a patch.
    private func split(
        _ placements: Placements
    ) -> (local: [InstallPlan.LocalCopy], remote: [Int: [Piece]]) {
        var twins: [Int: BuildPath] = [:]
        for (entry, _) in self.wanted { twins[entry] = self.twin(of: entry) }
        var local: [InstallPlan.LocalCopy] = []
        var remote: [Int: [Piece]] = [:]
        for index in 0..<placements.count {
            let entry = Int(placements.entries[index])
            let piece = self.piece(index, of: placements)
            if let twin = twins[entry] {
                let place = InstalledTree.Place(path: twin, offset: piece.offset)
                local.append(InstallPlan.LocalCopy(placement: index, from: place))
            } else if let place = self.tree.chunks[piece.digest] {
                local.append(InstallPlan.LocalCopy(placement: index, from: place))
            } else {
                remote[entry, default: []].append(piece)
            }
        }
        return (local, remote.mapValues { $0.sorted { $0.offset < $1.offset } })
    }

    private func piece(_ placement: Int, of placements: Placements) -> Piece {
        let index = Int(placements.chunks[placement])
        let chunk = self.manifest.chunks[index]
        return Piece(chunk: index, offset: placements.offsets[placement], length: chunk.length, digest: chunk.digest)
    }

    /// An installed file with the same content.
    private func twin(of entry: Int) -> BuildPath? {
        guard case .file(let size, _, let digest, _) = self.manifest.entries[entry].content, size > 0 else {
            return nil
        }
        return self.tree.whole[digest]
    }

    private mutating func total(_ placements: Placements) {
        self.steps = self.steps.map { step in
            guard step.action == .chunks else { return step }
            if let twin = self.twin(of: step.entry) {
                self.totals.filesCopied += 1
                return InstallPlan.Step(entry: step.entry, action: .copy(from: twin))
            }
            if self.patch.coverage[step.entry] != nil {
                self.totals.filesPatched += 1
                return InstallPlan.Step(entry: step.entry, action: .patch)
            }
            self.totals.filesFromChunks += 1
            return step
        }
        for chunk in placements.chunks { self.totals.bytesOpen += Int64(self.manifest.chunks[Int(chunk)].length) }
        for copy in self.copies {
            self.totals.bytesReused += Int64(self.manifest.chunks[Int(placements.chunks[copy.placement])].length)
        }
        self.totals.bytesByPatch = self.patch.payload
        self.totals.bytesByChunks = self.remote.reduce(0) { $0 + Int64(self.manifest.chunks[$1].storedLength) }
    }

    /// Refuses when something that is not ours, or was changed, stands where a folder is needed, or a folder or device
    /// where a file is.
    func checkRoom(removing removals: Set<BuildPath>) throws(ClientError) {
        var checked: Set<BuildPath> = []
        for entry in self.manifest.entries {
            if case .other = self.tree.items[entry.path] { throw .blocked(path: entry.path.text) }
            var parent = entry.path.parent
            while let folder = parent, checked.insert(folder).inserted {
                switch self.tree.items[folder] {
                case nil, .directory: break
                case .file, .symlink, .other:
                    guard removals.contains(folder) else { throw .blocked(path: folder.text) }
                }
                parent = folder.parent
            }
            if entry.content == .directory {
                switch self.tree.items[entry.path] {
                case nil, .directory: continue
                case .file, .symlink, .other:
                    guard removals.contains(entry.path) else { throw .blocked(path: entry.path.text) }
                }
            }
        }
    }
}

/// What is ours and goes.
private struct Leaving {
    var removals: Set<BuildPath> = []
    var spared: Set<BuildPath> = []

    init(previous: [Manifest], manifest: Manifest, tree: InstalledTree) {
        // A path that stays is replaced, but where a file or link has to make room for a folder.
        var staying: Set<BuildPath> = []
        for entry in manifest.entries where entry.content != .directory { staying.insert(entry.path) }
        for entry in previous.flatMap(\.entries) where !staying.contains(entry.path) {
            switch (entry.content, tree.items[entry.path]) {
            case (.file(_, _, let digest, _), .file(_, _, let found)):
                if found == digest { self.removals.insert(entry.path) } else { self.spared.insert(entry.path) }
            case (.symlink(let target), .symlink(let found)):
                if found == target { self.removals.insert(entry.path) } else { self.spared.insert(entry.path) }
            default:
                continue
            }
        }
        // Content of either of two previous versions is ours.
        self.spared.subtract(self.removals)
    }
}
