import Content

/// What became of every file between two versions, and which files a patch shall make from which old ones.
///
/// Files whose content the old version has, anywhere, cost nothing and are left out of the patch. So are new files that
/// resemble nothing and are compressed already: their chunks cost no more.
public struct PatchPlan: Sendable {
    /// A file to be made.
    public struct Target: Equatable, Sendable {
        /// Index of the new file.
        public let file: Int
        /// Indexes of old files, the likeliest first; none for a new file that is worth compressing among the others.
        public let references: [Int]

        public init(file: Int, references: [Int]) {
            self.file = file
            self.references = references
        }
    }

    /// Every new file, in the order of the new version.
    public let changes: [FileChange]
    /// Indexes of old files whose path the new version does not have.
    public let removed: [Int]
    public let targets: [Target]
    /// Bytes the targets would cost a client that has the old version, by chunks.
    public let chunkBytes: Int64
    /// Bytes of new chunks in files that are no targets: a client fetches them whatever the patch does.
    public let restBytes: Int64

    /// A new file larger than this is left to its chunks.
    private static let largestFresh: Int64 = 8 << 20
    private static let compressible = 0.9

    public init(from old: VersionContent, to new: VersionContent) {
        let survey = OldSurvey(old)
        let resemblance = Resemblance(to: old)
        var changes: [FileChange] = []
        var targets: [Target] = []
        var needed: Set<Int> = []
        for file in new.files {
            let change = survey.change(of: file, in: new, resemblance: resemblance)
            changes.append(change)
            guard file.size > 0 else { continue }
            switch change.kind {
            case .unchanged, .moved: continue
            case .edited(let references): targets.append(Target(file: file.index, references: references))
            case .added:
                guard file.size <= Self.largestFresh,
                    Double(change.chunkBytes) < Self.compressible * Double(change.newBytes)
                else { continue }
                targets.append(Target(file: file.index, references: []))
            }
            needed.formUnion(file.chunks.filter { survey.position(of: new.chunks[$0].digest) == nil })
        }
        // New files alone are no reason for a patch.
        let hasEdits = targets.contains { !$0.references.isEmpty }
        self.changes = changes
        self.targets = hasEdits ? targets : []
        self.chunkBytes = hasEdits ? needed.reduce(0) { $0 + Int64(new.chunks[$1].storedLength) } : 0
        let made = Set(self.targets.map(\.file))
        var rest: Set<Int> = []
        for file in new.files where !made.contains(file.index) {
            rest.formUnion(file.chunks.filter { survey.position(of: new.chunks[$0].digest) == nil })
        }
        self.restBytes = rest.reduce(0) { $0 + Int64(new.chunks[$1].storedLength) }
        let paths = Set(new.files.map(\.path))
        self.removed = old.files.filter { !paths.contains($0.path) }.map(\.index)
    }

    /// Bytes that an update costs by chunks alone: each chunk the old version does not have, once.
    public static func bytesByChunks(from old: VersionContent, to new: VersionContent) -> Int64 {
        let known = Set(old.chunks.map(\.digest))
        return new.chunks.reduce(0) { known.contains($1.digest) ? $0 : $0 + Int64($1.storedLength) }
    }
}

/// The old version's contents, to be looked up.
private struct OldSurvey {
    private var byDigest: [Digest: Int] = [:]
    private var pathDigests: [BuildPath: Digest] = [:]
    /// Where a chunk was first: files stand one after the other.
    private var positions: [Digest: Int64] = [:]

    init(_ old: VersionContent) {
        var position: Int64 = 0
        for file in old.files {
            if self.byDigest[file.digest] == nil { self.byDigest[file.digest] = file.index }
            self.pathDigests[file.path] = file.digest
            for chunk in file.chunks {
                if self.positions[old.chunks[chunk].digest] == nil {
                    self.positions[old.chunks[chunk].digest] = position
                }
                position += Int64(old.chunks[chunk].length)
            }
        }
    }

    func position(of chunk: Digest) -> Int64? { self.positions[chunk] }

    func change(of file: VersionContent.File, in new: VersionContent, resemblance: Resemblance) -> FileChange {
        let kind: FileChange.Kind
        if self.pathDigests[file.path] == file.digest {
            kind = .unchanged
        } else if let same = self.byDigest[file.digest] {
            kind = .moved(from: same)
        } else {
            let references = resemblance.references(for: file.path, chunks: file.chunks.map { new.chunks[$0].digest })
            kind = references.isEmpty ? .added : .edited(from: references)
        }
        var pieces: [ChangeReasons.Piece] = []
        var shared: Int64 = 0
        var ranges: [Range<Int64>] = []
        var counted: Set<Int> = []
        var cost: Int64 = 0
        var offset: Int64 = 0
        for number in file.chunks {
            let chunk = new.chunks[number]
            let end = offset + Int64(chunk.length)
            let position = self.positions[chunk.digest]
            if position != nil {
                shared += Int64(chunk.length)
            } else {
                if counted.insert(number).inserted { cost += Int64(chunk.storedLength) }
                if let last = ranges.last, last.upperBound == offset || ranges.count == FileChange.mostRanges {
                    ranges[ranges.count - 1] = last.lowerBound..<end
                } else {
                    ranges.append(offset..<end)
                }
            }
            pieces.append(.init(length: chunk.length, storedLength: chunk.storedLength, oldPosition: position))
            offset = end
        }
        let reasons: [UpdateReason]
        switch kind {
        case .unchanged, .moved: reasons = []
        case .edited: reasons = ChangeReasons.reasons(for: pieces, isAdded: false)
        case .added: reasons = ChangeReasons.reasons(for: pieces, isAdded: true)
        }
        return FileChange(
            file: file.index, path: file.path, size: file.size, kind: kind, sharedBytes: shared, newRanges: ranges,
            chunkBytes: cost, reasons: reasons)
    }
}
