import Testing

@testable import Chunking

@Suite("ChunkStream")
struct ChunkStreamTests {
    @Test("cuts do not depend on the sizes of the buffers", arguments: [1, 7, 63, 64, 255, 1000, 4096, 5000, 65_537])
    func bufferSizes(size: Int) {
        let bytes = noise(100_000, seed: 11)
        let expected = Chunker(ChunkerTests.small).lengths(of: bytes.span)
        var stream = ChunkStream(ChunkerTests.small)
        var lengths: [Int] = []
        var start = 0
        while start < bytes.count {
            let end = min(start + size, bytes.count)
            lengths += stream.feed(bytes.span.extracting(start..<end))
            start = end
        }
        if let last = stream.finish() { lengths.append(last) }
        #expect(lengths == expected)
        #expect(stream.finish() == nil)
    }

    @Test("buffers of ever different sizes, empty ones too, give the same cuts")
    func changingBufferSizes() {
        let bytes = noise(100_000, seed: 12)
        var stream = ChunkStream(ChunkerTests.small)
        var lengths: [Int] = []
        var start = 0
        var step = 0
        while start < bytes.count {
            step = (step * 31 + 17) % 3001
            let end = min(start + (step.isMultiple(of: 5) ? 0 : step), bytes.count)
            lengths += stream.feed(bytes.span.extracting(start..<end))
            start = end
        }
        if let last = stream.finish() { lengths.append(last) }
        #expect(lengths == Chunker(ChunkerTests.small).lengths(of: bytes.span))
    }

    @Test("a scan takes the bytes up to the cut and no more")
    func scan() {
        let bytes = noise(50_000, seed: 13)
        let expected = Chunker(ChunkerTests.small).lengths(of: bytes.span)
        var stream = ChunkStream(ChunkerTests.small)
        let first = stream.scan(bytes.span)
        #expect(first == .init(taken: expected[0], length: expected[0]))
        let part = stream.scan(bytes.span.extracting(expected[0]..<(expected[0] + 100)))
        #expect(part == .init(taken: 100, length: nil))
        #expect(stream.pending == 100)
        let rest = stream.scan(bytes.span.extracting((expected[0] + 100)...))
        #expect(rest == .init(taken: expected[1] - 100, length: expected[1]))
    }
}
