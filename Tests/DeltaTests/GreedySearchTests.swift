import Fuzzing
import Testing

@testable import Delta

@Suite("Greedy search")
struct GreedySearchTests {
    @Test(
        "covers ascend, do not overlap, lie within both sides, and are long or near the one before", arguments: 40...50)
    func coversAreSound(seed: UInt64) {
        let (old, new) = DifferenceTests.pair(seed: seed)
        var end = 0
        var displacement = 0
        let covers = GreedySearch(old.span).covers(of: new.span, in: old.span)
        for cover in covers {
            #expect(cover.newStart >= end && cover.length > 0 && cover.newEnd <= new.count)
            #expect(cover.oldStart >= 0 && cover.oldEnd <= old.count)
            #expect(cover.length >= 64 || abs(cover.displacement - displacement) < 1 << 16)
            (end, displacement) = (cover.newEnd, cover.displacement)
        }
        #expect(covers.reduce(0) { $0 + $1.length } > new.count / 2)
    }

    @Test("a table made in the memory of another one, larger or smaller, finds the same")
    func memoryIsUsedAgain() {
        var search = GreedySearch()
        for seed: UInt64 in [60, 61, 62, 63] {
            let (old, new) = DifferenceTests.pair(seed: seed)
            for part in [old, Array(old.prefix(1000)), Array(old.prefix(7)), []] {
                search.remember(part.span)
                let covers = search.covers(of: new.span, in: part.span)
                #expect(covers == GreedySearch(part.span).covers(of: new.span, in: part.span))
            }
        }
    }

    @Test("a short likeness from far away stays a literal")
    func chanceIsLeftOut() {
        var random = SeededGenerator(seed: 64)
        let old = (0..<1 << 18).map { _ in UInt8.random(in: 0...255, using: &random) }
        let (near, far) = (Array(old[40_000..<40_032]), Array(old[200_000..<200_032]))
        let between = [UInt8](repeating: 0xEE, count: 100)
        let new = between + near + between + far + between + old[200_000..<200_100]
        let covers = GreedySearch(old.span).covers(of: new.span, in: old.span)
        #expect(covers.contains { $0.newStart == 100 && $0.length == 32 })
        #expect(!covers.contains { $0.newStart == 232 })
        #expect(covers.contains { $0.newEnd == new.count && $0.length == 100 })
    }
}
