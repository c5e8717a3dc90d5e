import Content
import Delta

/// Which groups of a patch are worth their bytes.
///
/// Files that a group makes together are one thing: either all its groups are taken, or its chunks are fetched. Shared groups
/// are taken when all that reads them saves more than they cost.
struct PatchChoice: Equatable, Sendable {
    /// Indexes of the groups to apply, ascending.
    private(set) var groups: [Int] = []
    /// Indexes of the shared groups that these read, ascending.
    private(set) var shared: [Int] = []
    /// Where they write, by entry, each list ascending and without overlap.
    private(set) var coverage: [Int: [Range<Int64>]] = [:]
    /// Bytes that have to be fetched for them.
    private(set) var payload: Int64 = 0

    /// No patch.
    init() {}

    /// Compares, file by file, what the patch costs with what the chunks cost.
    ///
    /// - Parameters:
    ///   - patch: one that leads to `manifest`.
    ///   - remote: by entry, the places whose chunks would have to be fetched, ascending.
    ///   - isIntact: whether a file of the old version is there unchanged.
    init(
        of patch: InstallPlan.Patch, for manifest: Manifest, remote: [Int: [Piece]], isIntact: (Int) -> Bool
    ) {
        let groups = patch.groups
        let soundShared = patch.shared.map { $0.inputs.allSatisfy { isIntact($0.file) } }
        func isThere(_ input: PatchExtent) -> Bool {
            guard input.file < 0 else { return isIntact(input.file) }
            return soundShared.indices.contains(-1 - input.file) && soundShared[-1 - input.file]
        }
        var waiting: [Candidate] = []
        for all in Self.members(of: groups, manifest) {
            let isSound = all.allSatisfy { index in
                groups[index].outputs.allSatisfy { manifest.holds($0) } && groups[index].inputs.allSatisfy(isThere)
            }
            guard isSound else { continue }
            let candidate = Candidate(all, of: patch, for: manifest, remote: remote)
            guard candidate.gain > 0 else { continue }
            if candidate.shared.isEmpty { self.take(candidate) } else { waiting.append(candidate) }
        }
        self.take(waiting, sharing: patch)
        self.groups.sort()
        self.shared.sort()
    }

    /// The groups of each set of files that are made together, by their first file.
    private static func members(of groups: [PatchGroup], _ manifest: Manifest) -> [[Int]] {
        var files = UnionFind(count: manifest.entries.count)
        for group in groups {
            guard let first = group.outputs.first else { continue }
            for output in group.outputs where manifest.entries.indices.contains(output.file) {
                if manifest.entries.indices.contains(first.file) { files.join(first.file, output.file) }
            }
        }
        var members: [Int: [Int]] = [:]
        for (index, group) in groups.enumerated() {
            guard let first = group.outputs.first, manifest.entries.indices.contains(first.file) else { continue }
            members[files.root(of: first.file), default: []].append(index)
        }
        return members.sorted { $0.key < $1.key }.map(\.value)
    }

    private mutating func take(_ candidate: Candidate) {
        self.groups += candidate.groups
        self.payload += candidate.payload
        self.coverage.merge(candidate.coverage) { $1 }
    }

    /// Takes those that read shared groups: all that hang together by them, or none.
    private mutating func take(_ waiting: [Candidate], sharing patch: InstallPlan.Patch) {
        var sets = UnionFind(count: patch.shared.count)
        for candidate in waiting {
            for number in candidate.shared { sets.join(candidate.shared[0], number) }
        }
        for root in patch.shared.indices where sets.root(of: root) == root {
            let together = waiting.filter { sets.root(of: $0.shared[0]) == root }
            let needed = Set(together.flatMap(\.shared))
            let cost = needed.reduce(Int64(0)) { $0 + patch.sharedCost($1) }
            guard cost < together.reduce(Int64(0), { $0 + $1.gain }) else { continue }
            for candidate in together { self.take(candidate) }
            self.shared += needed
            self.payload += cost
        }
    }

    /// Groups that are taken together or not at all.
    private struct Candidate {
        let groups: [Int]
        let coverage: [Int: [Range<Int64>]]
        /// Shared groups they read, ascending.
        let shared: [Int]
        /// Bytes to fetch for them, and how many fewer these are than those of the chunks they spare.
        let payload: Int64
        let gain: Int64

        init(_ all: [Int], of patch: InstallPlan.Patch, for manifest: Manifest, remote: [Int: [Piece]]) {
            // What staging has already need not be made again.
            let groups = all.filter { index in
                patch.groups[index].outputs.contains { PatchChoice.isWanted($0, remote[$0.file] ?? []) }
            }
            let coverage = PatchChoice.coverage(of: groups.map { patch.groups[$0] })
            var spared: Set<Int> = []
            for (entry, ranges) in coverage {
                for piece in remote[entry] ?? [] where PatchChoice.covers(ranges, piece) { spared.insert(piece.chunk) }
            }
            self.groups = groups
            self.coverage = coverage
            self.shared = Set(groups.flatMap { patch.groups[$0].inputs }.map(\.file).filter { $0 < 0 }).map { -1 - $0 }
                .sorted()
            self.payload = groups.reduce(Int64(0)) { $0 + patch.cost($1) }
            self.gain = spared.reduce(-self.payload) { $0 + Int64(manifest.chunks[$1].storedLength) }
        }
    }

    /// Whether the groups make all bytes of a place.
    func covers(_ piece: Piece, of entry: Int) -> Bool {
        guard let ranges = self.coverage[entry] else { return false }
        return Self.covers(ranges, piece)
    }

    /// Whether a run of bytes touches any of the places, which are ascending.
    private static func isWanted(_ extent: PatchExtent, _ pieces: [Piece]) -> Bool {
        var low = 0
        var high = pieces.count
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].offset + Int64(pieces[middle].length) <= extent.offset {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < pieces.count && pieces[low].offset < extent.offset + Int64(extent.length)
    }

    private static func coverage(of groups: [PatchGroup]) -> [Int: [Range<Int64>]] {
        var ranges: [Int: [Range<Int64>]] = [:]
        for output in groups.flatMap(\.outputs) where output.length > 0 {
            ranges[output.file, default: []].append(output.offset..<output.offset + Int64(output.length))
        }
        return ranges.mapValues { list in
            list.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { joined, next in
                if let last = joined.last, next.lowerBound <= last.upperBound {
                    joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, next.upperBound)
                } else {
                    joined.append(next)
                }
            }
        }
    }

    private static func covers(_ ranges: [Range<Int64>], _ piece: Piece) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= piece.offset { low = middle + 1 } else { high = middle }
        }
        guard low < ranges.count else { return false }
        return ranges[low].lowerBound <= piece.offset && piece.offset + Int64(piece.length) <= ranges[low].upperBound
    }
}

extension Manifest {
    /// Whether a run of bytes lies inside a file of this version.
    func holds(_ extent: PatchExtent) -> Bool {
        guard self.entries.indices.contains(extent.file),
            case .file(let size, _, _, _) = self.entries[extent.file].content
        else { return false }
        return extent.offset >= 0 && extent.length >= 0 && extent.offset <= size
            && Int64(extent.length) <= size - extent.offset
    }
}

/// Sets that grow together (Tarjan, 1975; path halving).
private struct UnionFind {
    private var parents: [Int32]

    init(count: Int) { self.parents = (0..<Int32(count)).map { $0 } }

    mutating func root(of element: Int) -> Int {
        var current = Int32(element)
        while self.parents[Int(current)] != current {
            self.parents[Int(current)] = self.parents[Int(self.parents[Int(current)])]
            current = self.parents[Int(current)]
        }
        return Int(current)
    }

    mutating func join(_ left: Int, _ right: Int) {
        let (left, right) = (self.root(of: left), self.root(of: right))
        if left != right { self.parents[max(left, right)] = Int32(min(left, right)) }
    }
}
