import Chunking
import Content
import ContentHashing
import Digests
import Testing

@Suite("Chunking and hashing a file")
struct FileChunkerTests {
    private func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }

    @Test("chunks cover the file, each named by its bytes, and the root follows from them", arguments: [0, 1, 70_000, 3_500_000])
    func covers(size: Int) throws {
        let bytes = self.bytes(size, seed: 11)
        var told: Int64 = 0
        let chunked = try FileChunker.chunk(MemorySource(bytes), progress: { told += $0 })
        var offset = 0
        for chunk in chunked.chunks {
            #expect(chunk.digest == Digest.sha256(of: Array(bytes[offset..<offset + chunk.length])))
            offset += chunk.length
        }
        #expect(offset == size)
        #expect(told == Int64(size))
        #expect(chunked.digest == FileRoot.digest(of: chunked.chunks))
        #expect(chunked.chunks.map(\.length) == Chunker(.fine).lengths(of: bytes.span))
    }

    @Test("an edit changes few chunks, and the file's digest")
    func edit() throws {
        let old = self.bytes(2_000_000, seed: 3)
        var new = old
        new.insert(contentsOf: [1, 2, 3], at: 1_000_000)
        let before = try FileChunker.chunk(MemorySource(old))
        let after = try FileChunker.chunk(MemorySource(new))
        let kept = Set(before.chunks.map(\.digest)).intersection(after.chunks.map(\.digest)).count
        #expect(before.digest != after.digest)
        #expect(kept >= before.chunks.count - 4)
    }

    @Test("it stops between two buffers when it is told to")
    func cancelled() {
        var buffers = 0
        #expect(throws: CancellationError.self) {
            try FileChunker.chunk(
                MemorySource(self.bytes(3 << 20, seed: 1)), isCancelled: { buffers == 1 }, progress: { _ in buffers += 1 })
        }
        #expect(buffers == 1)
    }
}
