import Content
import Testing
import Threads

@testable import ContentHashing

@Suite("Chunking a file in ranges")
struct RangesTests {
    private let threads = ThreadPool(name: "ranges", threads: 3)

    private func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed | 1
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }

    @Test("the chunks are the same whatever the ranges, and all bytes are told once", arguments: [1, 20])
    func sameChunks(megabytes: Int) async throws {
        let bytes = self.noise(40_000_003, seed: 5)
        let whole = try FileChunker.chunk(MemorySource(bytes))
        let told = Counter()
        let parts = try await FileChunker.chunk(
            MemorySource(bytes), inRangesOf: Int64(megabytes << 20), on: self.threads, progress: { told.add($0) })
        #expect(parts == whole)
        #expect(told.value == Int64(bytes.count))
    }

    @Test("bytes in which cuts never fall together give the same chunks, too")
    func zeros() async throws {
        let bytes =
            self.noise(3_000_000, seed: 9) + [UInt8](repeating: 0, count: 60_000_000) + self.noise(777_777, seed: 2)
        let whole = try FileChunker.chunk(MemorySource(bytes))
        let parts = try await FileChunker.chunk(
            MemorySource(bytes), inRangesOf: 4 << 20, on: self.threads, progress: { _ in })
        #expect(parts == whole)
    }

    @Test("a small file and an empty one are cut on one thread")
    func small() async throws {
        for size in [0, 1, 100_000] {
            let bytes = self.noise(size, seed: 3)
            let chunked = try await FileChunker.chunk(MemorySource(bytes), on: self.threads)
            #expect(chunked == (try FileChunker.chunk(MemorySource(bytes))))
        }
    }
}
