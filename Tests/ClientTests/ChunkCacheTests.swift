import Content
import ContentHashing
import Foundation
import LocalFiles
import Synchronization
import Testing
import Threads

@testable import Client

@Suite("The cache of chunks")
struct ChunkCacheTests {
    private let pool = ThreadPool(name: "test", threads: 2)

    private final class Hashed: ProgressSink {
        let bytes = Mutex<Int64>(0)
        func report(_ event: ProgressEvent) {
            if case .stage(let stage) = event, stage.name == "hash" { self.bytes.withLock { $0 = stage.done } }
        }
        func finish() {}
    }

    private func hash(_ folder: String, cache: String?) async throws -> (files: [Int: ChunkedFile], read: Int64) {
        let progress = Hashed()
        let tree = try SourceTree(scanning: folder)
        let files = try await TreeHasher(tree: tree, cachePath: cache, pool: self.pool, progress: progress).run()
        return (files, progress.bytes.withLock { $0 })
    }

    @Test("an unchanged file is not read again, a changed one is, and the chunks are those of the service")
    func reuse() async throws {
        try await withTemporaryFolder { root in
            let (folder, cache) = ("\(root)/build", "\(root)/cache/chunks")
            try write(SyntheticBuild.bytes(300_000, seed: 1), to: "\(folder)/a")
            try write(SyntheticBuild.bytes(200_000, seed: 2), to: "\(folder)/b")
            // Nobody can set the time a file was last changed, so the clock has to move on.
            try await Task.sleep(for: .seconds(2.1))
            let first = try await self.hash(folder, cache: cache)
            #expect(first.read == 500_000)
            #expect(first.files[0] == (try FileChunker.chunk(try LocalFile("\(folder)/a", mode: .read))))
            let second = try await self.hash(folder, cache: cache)
            #expect(second.read == 0 && second.files == first.files)
            try write(SyntheticBuild.bytes(200_000, seed: 3), to: "\(folder)/b")
            let third = try await self.hash(folder, cache: cache)
            #expect(third.read == 200_000 && third.files[0] == first.files[0] && third.files[1] != first.files[1])
        }
    }

    @Test("a file touched just before it was read is not remembered: a change in the same tick would not show")
    func racy() async throws {
        try await withTemporaryFolder { root in
            try write(SyntheticBuild.bytes(1000, seed: 1), to: "\(root)/build/a")
            // Ahead of the clock, so that it was just now however long this test takes.
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: 600)], ofItemAtPath: "\(root)/build/a")
            #expect(try await self.hash("\(root)/build", cache: "\(root)/cache").read == 1000)
            #expect(try await self.hash("\(root)/build", cache: "\(root)/cache").read == 1000)
        }
    }

    @Test("a cache with any byte changed, cut short or of other cuts is none")
    func damaged() throws {
        let stamp = SourceTree.Stamp(size: 3, modified: 1, changed: 2, inode: 3)
        let file = try FileChunker.chunk(MemorySource([1, 2, 3]))
        var cache = ChunkCache()
        cache.take(file, at: try BuildPath(validating: "a/b"), stamp, now: 10_000_000_000)
        let bytes = cache.encoded
        #expect(try ChunkCache(decoding: bytes).entries == cache.entries)
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            #expect(throws: ManifestError.self) { try ChunkCache(decoding: other) }
            #expect(throws: ManifestError.self) { try ChunkCache(decoding: Array(bytes[..<index])) }
        }
    }

    @Test("the cache lies where XDG says, and nowhere when nobody says")
    func location() {
        #expect(
            ChunkCache.location(of: "/b", environment: ["XDG_CACHE_HOME": "/c"])?.hasPrefix("/c/slipway/chunks/")
                == true)
        #expect(
            ChunkCache.location(of: "/b", environment: ["HOME": "/h"])?.hasPrefix("/h/.cache/slipway/chunks/") == true)
        #expect(ChunkCache.location(of: "/b", environment: [:]) == nil)
        #expect(
            ChunkCache.location(of: "/b", environment: ["HOME": "/h"])
                != ChunkCache.location(of: "/c", environment: ["HOME": "/h"]))
    }
}
