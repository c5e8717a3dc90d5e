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
        var planner = PackPlanner()
        var plans = chunks.compactMap { planner.add($0) }
        if let last = planner.finish() { plans.append(last) }
        #expect(planner.count == plans.count && planner.finish() == nil)
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
