import Content
import ContentHashing
import Digests
import Fuzzing
import Testing

@testable import Client

@Suite("Files that a client keeps, damaged")
struct StateFuzzTests {
    @Test("a cache of chunks whose sum is right is read without a fault, whatever is in it, and written as it was read")
    func chunkCache() throws {
        var cache = ChunkCache()
        for number in 0..<8 {
            let file = try FileChunker.chunk(MemorySource([UInt8](repeating: UInt8(number), count: 100_000 * number)))
            let stamp = SourceTree.Stamp(size: Int64(number), modified: 1, changed: 2, inode: 3)
            cache.take(file, at: try BuildPath(validating: "a/\(number)"), stamp, now: 10_000_000_000)
        }
        let good = Array(cache.encoded.dropLast(Digest.length))
        var mutator = ByteMutator(seed: 0xCACE)
        var (taken, refused): (Int, Int) = (0, 0)
        for _ in 0..<FuzzRounds.count(1500) {
            let bytes = mutator.damaged(good)
            guard let read = try? ChunkCache(decoding: bytes + Digest.sha256(of: bytes).bytes) else {
                refused += 1
                continue
            }
            taken += 1
            #expect(try ChunkCache(decoding: read.encoded).entries == read.entries)
        }
        #expect(taken > 100 && refused > 100)
    }

    @Test("an index of installed files is read as far as it can be, and written as it was read")
    func fileIndex() {
        let digest = Digest.sha256(of: Array("x".utf8))
        let lines = (0..<20).map {
            "\($0 * 1000) 1700000000000000000 1700000000000000001 \($0) \(digest) data/\(10 + $0)"
        }
        let good = Array((["slipway-index 1"] + lines).joined(separator: "\n").utf8)
        #expect(FileIndex(decoding: good).encoded() == good + [UInt8(ascii: "\n")])
        var mutator = ByteMutator(seed: 0xF11E)
        for _ in 0..<FuzzRounds.count(1500) {
            let index = FileIndex(decoding: mutator.damaged(good))
            #expect(FileIndex(decoding: index.encoded()) == index)
        }
    }
}
