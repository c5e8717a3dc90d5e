import Fuzzing
import Testing

@testable import Delta

@Suite("Seed index")
struct SeedIndexTests {
    private static func noise(_ count: Int, _ seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    @Test("moved bytes are found where they stood, however the old ones were handed in")
    func findsMoves() {
        let old = Self.noise(200_000, 1)
        var whole = SeedIndex(length: 200_000, memory: 1 << 20)
        whole.add(old.span, at: 0, skipped: 0)
        var parts = SeedIndex(length: 200_000, memory: 1 << 20)
        parts.add(old.span.extracting(..<70_000), at: 0, skipped: 0)
        parts.add(old.span.extracting((70_000 - 32)...), at: 70_000 - 32, skipped: 32)
        let new = Array(old[120_000..<180_000]) + Self.noise(5000, 2) + old[10_000..<50_000]
        let runs = whole.runs(of: new.span)
        #expect(runs == parts.runs(of: new.span))
        #expect(runs.map(\.displacement) == [120_000, 10_000 - 65_000])
        let ranges = SeedWindows.ranges(for: runs, length: 200_000, limit: 1 << 20)
        #expect(ranges.contains { $0.contains(121_000) } && ranges.contains { $0.contains(11_000) })
        let few = SeedWindows.ranges(for: runs, length: 200_000, limit: 70_000)
        #expect(few.reduce(0) { $0 + $1.count } <= 70_000)
    }

    @Test("the end of one run and the beginning of the next are found though few samples are looked at within them")
    func runsAreToldApart() {
        let old = Self.noise(400_000, 6)
        var index = SeedIndex(length: 400_000, memory: 1 << 20)
        index.add(old.span, at: 0, skipped: 0)
        let new = Array(old[300_000..<320_000]) + old[100_000..<104_000] + old[200_000..<230_000]
        let runs = index.runs(of: new.span)
        #expect(runs.map(\.displacement) == [300_000, 80_000, 176_000])
        for (run, bounds) in zip(runs, [0..<20_000, 20_000..<24_000, 24_000..<54_000]) {
            #expect(bounds.contains(run.newStart) && run.newEnd <= bounds.upperBound + SeedIndex.window)
            #expect(run.newStart < bounds.lowerBound + 1000 && run.newEnd > bounds.upperBound - 1000)
        }
    }

    @Test("zeros and words over and over give few samples")
    func repeatsAreSampledOnce() {
        let old =
            [UInt8](repeating: 0, count: 100_000) + Array((0..<12_000).map { _ in Array("over and".utf8) }.joined())
        var index = SeedIndex(length: Int64(old.count), memory: 1 << 20)
        index.add(old.span, at: 0, skipped: 0)
        #expect(index.runs(of: [UInt8](repeating: 0, count: 50_000).span).isEmpty)
        #expect(index.runs(of: old.span).count <= 9)
    }

    @Test("bytes that two groups share and the old version lacks are found once")
    func findsRepeats() {
        let old = Self.noise(50_000, 3)
        var index = SeedIndex(length: 50_000, memory: 1 << 20)
        index.add(old.span, at: 0, skipped: 0)
        let common = Self.noise(20_000, 4)
        let first = old[..<10_000] + common
        let second = Self.noise(3000, 5) + common + old[20_000...]
        var finder = RepeatFinder(old: index, memory: 1 << 20)
        finder.add(Array(first).span, group: 0)
        finder.add(second.span, group: 1)
        let found = finder.ranges(least: 256, most: 1 << 20)
        #expect(found.map(\.group) == [0])
        #expect(found.allSatisfy { $0.ranges.allSatisfy { $0.lowerBound >= 9900 && $0.upperBound <= 30_000 } })
        #expect(found.reduce(0) { $0 + $1.ranges.reduce(0) { $0 + $1.count } } > 19_000)
    }
}
