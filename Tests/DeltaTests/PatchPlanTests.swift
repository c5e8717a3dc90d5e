import Content
import Delta
import FoundationEssentials
import Testing

@Suite("Planning a patch")
struct PatchPlanTests {
    private func digest(_ number: UInt8) -> Digest { Digest(bytes: [UInt8](repeating: number, count: 32)) }

    /// Files as path: chunk numbers; a file's digest follows from its chunks.
    private func manifest(_ files: [(path: String, chunks: [UInt8])]) throws -> Manifest {
        var chunks: [UInt8] = []
        for file in files { for chunk in file.chunks where !chunks.contains(chunk) { chunks.append(chunk) } }
        return Manifest(
            game: GameID(UUID()), version: VersionID(UUID()), versionString: "1",
            entries: try files.sorted { $0.path < $1.path }.map { file in
                .init(
                    path: try BuildPath(validating: file.path),
                    content: .file(
                        size: Int64(file.chunks.count * 10), executable: false,
                        digest: self.digest(file.chunks.reduce(100, &+)),
                        chunks: file.chunks.map { chunk in chunks.firstIndex(of: chunk) ?? 0 }))
            },
            chunks: chunks.map {
                .init(digest: self.digest($0), length: 10, pack: 0, offset: Int64($0), storedLength: 7, codec: .zstd)
            },
            packs: [.init(digest: self.digest(0), size: 1000)])
    }

    @Test("unchanged and renamed files cost nothing; edited ones are made from their old selves")
    func edited() throws {
        let old = try self.manifest([("a", [1, 2]), ("b", [3]), ("c", [4, 5])])
        let new = try self.manifest([("a", [1, 2]), ("moved", [3]), ("c", [4, 6])])
        let plan = PatchPlan(from: VersionContent(old), to: VersionContent(new))
        #expect(plan.targets == [.init(file: 1, references: [2])])
        #expect(plan.chunkBytes == 7)
    }

    @Test("a file that was renamed and edited is made from the one it shares most chunks with")
    func renamedAndEdited() throws {
        let old = try self.manifest([("x", [1, 2, 3]), ("y", [1, 8, 9])])
        let new = try self.manifest([("z", [1, 2, 3, 4])])
        #expect(
            PatchPlan(from: VersionContent(old), to: VersionContent(new)).targets == [.init(file: 0, references: [0])])
    }

    @Test("a pack that took in parts of another is made from both, and one that was split, each from the whole")
    func acrossPacks() throws {
        let old = try self.manifest([("a.pak", [1, 2, 3, 4, 5]), ("b.pak", [6, 7, 8])])
        let new = try self.manifest([("a.pak", [1, 30]), ("b.pak", [6, 3, 4, 5, 21])])
        let plan = PatchPlan(from: VersionContent(old), to: VersionContent(new))
        #expect(plan.targets == [.init(file: 0, references: [0]), .init(file: 1, references: [1, 0])])
        // What moved costs nothing by chunks either.
        #expect(plan.changes.map(\.chunkBytes) == [7, 7])
        let split = try self.manifest([("a.pak", [1, 2, 22]), ("c.pak", [3, 4, 5, 23])])
        let halves = PatchPlan(from: VersionContent(old), to: VersionContent(split))
        #expect(halves.targets == [.init(file: 0, references: [0]), .init(file: 1, references: [0])])
    }

    @Test("new files alone are left to chunks")
    func fresh() throws {
        let old = try self.manifest([("a", [1])])
        let new = try self.manifest([("a", [1]), ("b", [2])])
        let plan = PatchPlan(from: VersionContent(old), to: VersionContent(new))
        #expect(plan.targets.isEmpty && plan.chunkBytes == 0)
    }

    @Test("a new file that compresses is made among the others when there is an edit")
    func freshBesideEdited() throws {
        let old = try self.manifest([("a", [1, 2])])
        let new = try self.manifest([("a", [1, 3]), ("b", [4])])
        let plan = PatchPlan(from: VersionContent(old), to: VersionContent(new))
        #expect(plan.targets == [.init(file: 0, references: [0]), .init(file: 1, references: [])])
        #expect(plan.chunkBytes == 14)
    }

    @Test("every file is told by what became of it, with the runs that are new")
    func changes() throws {
        let old = try self.manifest([("a", [1, 2]), ("b", [30]), ("c", [4, 5, 6]), ("gone", [9])])
        let new = try self.manifest([("a", [1, 2]), ("c", [4, 7, 6]), ("d", [30]), ("e", [8])])
        let plan = PatchPlan(from: VersionContent(old), to: VersionContent(new))
        #expect(plan.changes.map(\.kind) == [.unchanged, .edited(from: [2]), .moved(from: 1), .added])
        #expect(plan.changes.map(\.newRanges) == [[], [10..<20], [], [0..<10]])
        #expect(plan.changes.map(\.chunkBytes) == [0, 7, 0, 7])
        #expect(plan.changes.map(\.sharedBytes) == [20, 20, 10, 0])
        #expect(plan.removed == [1, 3])
        #expect(plan.restBytes == 0 && plan.chunkBytes == 14)
    }

    @Test("a pack whose parts come in another order is called reshuffled, one that only grew is not")
    func reshuffled() throws {
        let parts = (0..<100).map { UInt8($0) }
        let old = try self.manifest([("pack", parts)])
        let stirred = parts.enumerated().sorted { ($0.offset * 37 % 101) < ($1.offset * 37 % 101) }.map(\.element)
        let shuffled = try self.manifest([("pack", stirred + [200])])
        let grown = try self.manifest([("pack", Array(parts[..<50]) + [200] + Array(parts[50...]))])
        let first = PatchPlan(from: VersionContent(old), to: VersionContent(shuffled))
        let second = PatchPlan(from: VersionContent(old), to: VersionContent(grown))
        #expect(first.changes[0].reasons.contains(.reshuffled))
        #expect(!second.changes[0].reasons.contains(.reshuffled))
    }

    @Test("advice names what a packer can change, the costliest file first, and is silent about small ones")
    func advice() throws {
        let change = { (path: String, bytes: Int64, reasons: [UpdateReason]) in
            FileChange(
                file: 0, path: try BuildPath(validating: path), size: 8 << 20, kind: .edited(from: [0]), sharedBytes: 0,
                newRanges: [], chunkBytes: bytes, reasons: reasons)
        }
        let changes = [
            try change("small", 1000, [.reshuffled]), try change("pack", 2 << 20, [.reshuffled, .alreadyCompressed]),
            try change("zip", 5 << 20, [.alreadyCompressed]), try change("new", 5 << 20, [.newContent]),
        ]
        let advice = PackAdvice.all(for: changes)
        #expect(advice.map(\.path.text) == ["zip", "pack", "pack"])
        #expect(advice.map(\.reason) == [.alreadyCompressed, .reshuffled, .alreadyCompressed])
    }
}
