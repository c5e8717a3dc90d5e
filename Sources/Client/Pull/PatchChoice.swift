import Content
import Delta

/// Which groups of a patch are worth their bytes.
///
/// Files that a group makes together are one thing: either all its groups are taken, or its chunks are fetched.
struct PatchChoice: Equatable, Sendable {
    /// Indexes of the groups to apply, ascending.
    private(set) var groups: [Int] = []
    /// Where they write, by entry, each list ascending and without overlap.
    private(set) var coverage: [Int: [Range<Int64>]] = [:]
    /// Bytes that have to be fetched for them.
    private(set) var payload: Int64 = 0

    /// No patch.
    init() {}

    /// Compares, file by file, what the patch costs with what the chunks cost.
    ///
    /// - Parameters:
    ///   - groups: of a patch that leads to `manifest`.
    ///   - remote: by entry, the places whose chunks would have to be fetched, ascending.
    ///   - cost: bytes that have to be fetched for a group.
    ///   - isIntact: whether a file of the old version is there unchanged.
    init(
        of groups: [PatchGroup], for manifest: Manifest, remote: [Int: [Piece]], cost: (Int) -> Int64,
        isIntact: (Int) -> Bool
    ) {
        var files = UnionFind(count: manifest.entries.count)
        for group in groups {
            guard let first = group.outputs.first else { continue }
            for output in group.outputs where manifest.entries.indices.contains(output.file) {
                if manifest.entries.indices.contains(first.file) { files.join(first.file, output.file) }
            }
        }
        var members: [Int: [Int]] = [:]
        var useless: Set<Int> = []
        for (index, group) in groups.enumerated() {
            guard let first = group.outputs.first, manifest.entries.indices.contains(first.file) else { continue }
            let root = files.root(of: first.file)
            members[root, default: []].append(index)
            let isSound =
                group.outputs.allSatisfy { manifest.holds($0) } && group.inputs.allSatisfy { isIntact($0.file) }
            if !isSound { useless.insert(root) }
        }
        for (root, all) in members.sorted(by: { $0.key < $1.key }) where !useless.contains(root) {
            // What staging has already need not be made again.
            let indexes = all.filter { index in
                groups[index].outputs.contains { output in Self.isWanted(output, remote[output.file] ?? []) }
            }
            let covered = Self.coverage(of: indexes.map { groups[$0] })
            var spared: Set<Int> = []
            for (entry, ranges) in covered {
                for piece in remote[entry] ?? [] where Self.covers(ranges, piece) { spared.insert(piece.chunk) }
            }
            let payload = indexes.reduce(Int64(0)) { $0 + cost($1) }
            let gain = spared.reduce(Int64(0)) { $0 + Int64(manifest.chunks[$1].storedLength) }
            guard payload < gain else { continue }
            self.groups += indexes
            self.payload += payload
            self.coverage.merge(covered) { $1 }
        }
        self.groups.sort()
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
