import Testing

@testable import Chunking

@Suite("BlockSearch")
struct BlockSearchTests {
    static let sizes = ChunkSizes(minimum: 512, average: 4096, maximum: 32_768)

    /// Bytes of which many places look like a cut in the lower bits of the hash, and few are.
    static let nearlyCuts: [UInt8] = {
        let rule = CutRule(sizes)
        let table = Gear.table
        for seed in UInt64(1)...20_000 {
            let page = noise(16, seed: seed)
            var hash: UInt64 = 0
            for index in 0..<64 { hash = hash &* 2 &+ table[Int(page[index % 16])] }
            guard hash & rule.looseMask & 0xFFFF == 0 else { continue }
            return [[UInt8]](repeating: page, count: 3000).flatMap { $0 } + noise(20_000, seed: seed)
        }
        return []
    }()

    @Test(
        "whatever the processor can do finds the cuts that going byte by byte finds",
        arguments: BlockSearch.all.map(\.kind))
    func sameCuts(kind: UInt32) {
        let inputs = [
            noise(150_000, seed: 1), noise(50_000, seed: 2).map { $0 & 1 }, [UInt8](repeating: 7, count: 50_000),
            Self.nearlyCuts, Array("an entry of a table, \n".utf8) + noise(5000, seed: 3) + noise(5000, seed: 3),
        ]
        #expect(!Self.nearlyCuts.isEmpty)
        for input in inputs {
            #expect(lengths(of: input, BlockSearch(kind: kind), buffer: .max) == lengths(of: input, nil, buffer: .max))
        }
    }

    @Test(
        "buffers of any size give the same cuts", arguments: BlockSearch.all.map(\.kind),
        [1000, 2048, 2113, 5001, 70_000])
    func bufferSizes(kind: UInt32, size: Int) {
        let input = noise(200_000, seed: 4)
        #expect(lengths(of: input, BlockSearch(kind: kind), buffer: size) == lengths(of: input, nil, buffer: .max))
    }

    @Test("going byte by byte gives the cuts of the definition")
    func definition() {
        let input = noise(100_000, seed: 5)
        #expect(lengths(of: input, nil, buffer: .max) == referenceLengths(of: input, Self.sizes))
    }

    @Test("only masks whose lower bits tell much are searched for in blocks")
    func suitedMasks() {
        #expect(BlockSearch.isSuited(CutRule(.fine).strictMask))
        #expect(BlockSearch.isSuited(CutRule(.coarse).looseMask))
        #expect(BlockSearch.isSuited(CutRule(Self.sizes).looseMask))
        #expect(!BlockSearch.isSuited(CutRule(ChunkerTests.small).looseMask))
    }

    private func lengths(of bytes: [UInt8], _ search: BlockSearch?, buffer: Int) -> [Int] {
        var stream = ChunkStream(CutRule(Self.sizes), blockSearch: search)
        var lengths: [Int] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + min(buffer, bytes.count))
            lengths += stream.feed(bytes.span.extracting(start..<end))
            start = end
        }
        if let last = stream.finish() { lengths.append(last) }
        return lengths
    }
}
