import BuildStore
import Content
import FoundationEssentials
import Testing

@testable import Jobs

@Suite("Sharing work out")
struct PlannerTests {
    private func file(_ number: Int, size: Int64) throws -> FileRecord {
        FileRecord(
            number: number, path: try BuildPath(validating: "f\(number)"), entry: .file, size: size, executable: false,
            target: nil, digest: nil)
    }

    @Test("batches of files cover all numbers in order, none empty, none too large unless it is one file")
    func batches() throws {
        let sizes: [Int64] = [0, 1, FileBatches.bytes, FileBatches.bytes + 1, 5, 5] + (0..<10_000).map { _ in 10 }
        let files = try sizes.enumerated().map { try self.file($0, size: $1) }
        let batches = FileBatches.cut(files)
        #expect(batches.flatMap { Array($0) } == Array(0..<files.count))
        for batch in batches {
            #expect(batch.count == 1 || batch.reduce(0) { $0 + sizes[$1] } <= FileBatches.bytes)
            #expect(!batch.isEmpty && batch.count <= FileBatches.files)
        }
        #expect(FileBatches.cut([]).isEmpty)
    }

    @Test("packs hold every chunk once, in order, up to their size")
    func packs() {
        let chunks = (0..<5000).map { number in
            PackPlan.Entry(
                digest: Digest(bytes: [UInt8](repeating: UInt8(number % 251), count: 32)), file: number, offset: 0,
                length: 65_536)
        }
        let plans = PackPlanner.plan(chunks)
        #expect(plans.flatMap(\.entries) == chunks)
        #expect(plans.map(\.number) == Array(0..<plans.count))
        #expect(plans.allSatisfy { $0.size <= PackPlanner.target })
        #expect(plans.dropLast().allSatisfy { $0.size > PackPlanner.target - 65_536 })
    }

    @Test("scans are shared out by bytes and by number")
    func scans() {
        let files = (0..<3000).map { (file: $0, size: Int64($0 % 3) << 20) } + [(file: 3000, size: 1 << 40)]
        let plans = ScanPlanner.plan(files)
        #expect(plans.flatMap(\.files) == files.map(\.file))
        #expect(plans.allSatisfy { $0.files.count == 1 || $0.bytes <= ScanPlanner.bytes })
        #expect(plans.allSatisfy { $0.files.count <= ScanPlanner.files })
    }
}

@Suite("Planning a patch")
struct PatchPlannerTests {
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
        let plan = PatchPlanner(from: old, to: new)
        #expect(plan.targets == [.init(file: 1, references: [2])])
        #expect(plan.chunkBytes == 7)
    }

    @Test("a file that was renamed and edited is made from the one it shares most chunks with")
    func renamedAndEdited() throws {
        let old = try self.manifest([("x", [1, 2, 3]), ("y", [1, 8, 9])])
        let new = try self.manifest([("z", [1, 2, 3, 4])])
        #expect(PatchPlanner(from: old, to: new).targets == [.init(file: 0, references: [0])])
    }

    @Test("a file that resembles nothing is left to chunks")
    func fresh() throws {
        let old = try self.manifest([("a", [1])])
        let new = try self.manifest([("a", [1]), ("b", [2])])
        let plan = PatchPlanner(from: old, to: new)
        #expect(plan.targets.isEmpty && plan.chunkBytes == 0)
    }
}
