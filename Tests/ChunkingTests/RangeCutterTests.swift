import Chunking
import Testing

@Suite("Cutting ranges")
struct RangeCutterTests {
    @Test("ranges joined give the cuts of the whole, whatever the split", arguments: 1...12)
    func joinEqualsWhole(seed: Int) {
        let bytes = noise(150_000 + seed * 1111, seed: UInt64(seed))
        let expected = Chunker(ChunkerTests.small).lengths(of: bytes.span)
        var borders = [0, bytes.count]
        var state = UInt64(seed)
        for _ in 0..<(seed * 2) {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            borders.append(Int(state >> 33) % bytes.count)
        }
        // Borders right beside each other too.
        borders += [borders[2] + 1, 1, bytes.count - 1].filter { $0 < bytes.count }
        let ranges = ranges(between: Array(Set(borders)).sorted())
        #expect(cutAndJoin(bytes, ranges, buffer: 1 + seed * 97).lengths == expected)
    }

    @Test("two cutters meet within a few chunks of random data, so nothing is cut again")
    func meetsSoon() {
        let bytes = noise(1 << 20, seed: 21)
        let ranges = ranges(between: [0, 300_001, 600_002, bytes.count])
        let result = cutAndJoin(bytes, ranges, buffer: 10_000)
        #expect(result.lengths == Chunker(ChunkerTests.small).lengths(of: bytes.span))
        #expect(result.merges == 0)
    }

    @Test("zeros split by the splitter meet at once; split elsewhere they fall back to fewer ranges")
    func zeros() {
        let sizes = ChunkerTests.small
        let bytes = [UInt8](repeating: 0, count: 3 << 20)
        let expected = Chunker(sizes).lengths(of: bytes.span)
        let even = RangeCutter.split(Int64(bytes.count), into: 5, sizes).map { Int($0.lowerBound)..<Int($0.upperBound) }
        #expect(even.count == 5)
        let aligned = cutAndJoin(bytes, even, buffer: 100_000)
        #expect(aligned.lengths == expected)
        #expect(aligned.merges == 0)
        let uneven = cutAndJoin(bytes, ranges(between: [0, 1_000_001, 2_000_002, bytes.count]), buffer: 100_000)
        #expect(uneven.lengths == expected)
        #expect(uneven.merges == 2)
    }

    @Test("noise around zeros longer than the reach is joined right")
    func zerosBetweenNoise() {
        let bytes = noise(100_000, seed: 5) + [UInt8](repeating: 0, count: 1 << 20) + noise(100_000, seed: 6)
        let ranges = ranges(between: [0, 50_000, 99_000, 101_000, 400_003, 900_000, 1_100_000, 1_150_000, bytes.count])
        #expect(cutAndJoin(bytes, ranges, buffer: 7777).lengths == Chunker(ChunkerTests.small).lengths(of: bytes.span))
    }

    @Test("the splitter covers the file without gaps")
    func split() {
        let sizes = ChunkerTests.small
        #expect(RangeCutter.split(0, into: 4, sizes).isEmpty)
        #expect(RangeCutter.split(1, into: 4, sizes) == [0..<1])
        for count in 1...9 {
            let ranges = RangeCutter.split(10_000_001, into: count, sizes)
            #expect(ranges.count <= count)
            #expect(ranges.first?.lowerBound == 0)
            #expect(ranges.last?.upperBound == 10_000_001)
            #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        }
    }

    @Test("lists that are not of one file are told apart, not joined")
    func strangers() {
        let lists = [
            CutList(start: 0, lengths: [1000], meeting: 1000), CutList(start: 900, lengths: [200], meeting: 1100),
        ]
        #expect(CutList.join(lists) == .apart(0))
        #expect(CutList.join([]) == .joined([]))
    }

    private func ranges(between borders: [Int]) -> [Range<Int>] {
        zip(borders, borders.dropFirst()).map { $0..<$1 }
    }

    /// What a caller does: cut each range, join, merge the ranges that stay apart, join again.
    private func cutAndJoin(_ bytes: [UInt8], _ ranges: [Range<Int>], buffer: Int) -> (lengths: [Int], merges: Int) {
        var ranges = ranges
        var merges = 0
        while true {
            let lists = ranges.map { self.cut(bytes, $0, buffer: buffer) }
            switch CutList.join(lists) {
            case .joined(let kept):
                return (zip(lists, kept).flatMap { $0.lengths[$1] }, merges)
            case .apart(let index):
                ranges.replaceSubrange(
                    index...(index + 1), with: [ranges[index].lowerBound..<ranges[index + 1].upperBound])
                merges += 1
            }
        }
    }

    private func cut(_ bytes: [UInt8], _ range: Range<Int>, buffer: Int) -> CutList {
        var cutter = RangeCutter(
            Int64(range.lowerBound)..<Int64(range.upperBound), of: Int64(bytes.count), ChunkerTests.small)
        while !cutter.isDone {
            let start = Int(cutter.position)
            _ = cutter.scan(bytes.span.extracting(start..<min(start + buffer, bytes.count)))
        }
        _ = cutter.finish()
        return cutter.cuts
    }
}
