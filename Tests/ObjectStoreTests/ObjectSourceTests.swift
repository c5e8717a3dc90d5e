import Content
import Foundation
import NIOCore
import ObjectStore
import TestKit
import Testing
import Threads

@Suite("An object as bytes")
struct ObjectSourceTests {
    private let pool = ThreadPool(name: "source-tests", threads: 8)
    /// Not those of the readers, who block.
    private let storeThreads = ThreadPool(name: "source-store", threads: 2)

    private func withFilesystem(_ body: (any ObjectStore) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "source-\(UUID())")
        defer { try? FileManager.default.removeItem(at: root) }
        try await body(
            try await FilesystemStore(
                root: root.path, durability: .unsafeForTests, signer: nil, pool: self.storeThreads))
    }

    private func put(_ store: any ObjectStore) async throws -> ObjectInfo {
        try await store.put(
            try ObjectKey(validating: "sources/\(UUID())"), .bytes(ByteSourceConformance.bytes), digest: nil,
            condition: .always)
    }

    @Test("it reads as any other bytes do: filesystem")
    func filesystem() async throws {
        try await self.withFilesystem { store in
            let source = ObjectSource(try await self.put(store), in: store)
            try await self.pool.run { () throws in try ByteSourceConformance.check(source) }
        }
    }

    @Test("it reads as any other bytes do: S3")
    func s3() async throws {
        let store = try await S3Bucket.shared.store()
        let info = try await self.put(store)
        let source = ObjectSource(info, in: store)
        try await self.pool.run { () throws in try ByteSourceConformance.check(source) }
        try await store.delete([info.key])
    }

    @Test("many threads read at once")
    func concurrent() async throws {
        try await self.withFilesystem { store in
            let source = ObjectSource(try await self.put(store), in: DistantStore(store))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for reader in 0..<8 {
                    group.addTask {
                        try await self.pool.run { () throws in
                            var offset = reader * 1000
                            while offset < ByteSourceConformance.bytes.count {
                                let end = min(offset + 70_000, ByteSourceConformance.bytes.count)
                                #expect(
                                    try source.read(end - offset, at: Int64(offset))
                                        == Array(ByteSourceConformance.bytes[offset..<end]))
                                offset = end
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("read from front to back, each byte is fetched once")
    func once() async throws {
        try await self.withFilesystem { store in
            let distant = DistantStore(store)
            let source = ObjectSource(try await self.put(store), in: distant)
            try await self.pool.run { () throws in
                var offset: Int64 = 0
                while offset < source.size {
                    offset += Int64(try source.read(Int(min(100_000, source.size - offset)), at: offset).count)
                }
            }
            #expect(distant.ranges.reduce(0) { $0 + $1.upperBound - $1.lowerBound } == source.size)
            #expect(distant.ranges.count < 10)
        }
    }

    @Test("a request that breaks in the middle fails the read that needs it, and the next one goes on")
    func breaks() async throws {
        try await self.withFilesystem { store in
            let distant = DistantStore(store) { $0 % 3 == 1 }
            let source = ObjectSource(try await self.put(store), in: distant)
            try await self.pool.run { () throws in
                var (gathered, failures): ([UInt8], Int) = ([], 0)
                while gathered.count < ByteSourceConformance.bytes.count, failures < 100 {
                    let count = min(50_000, ByteSourceConformance.bytes.count - gathered.count)
                    do throws(ObjectStoreError) {
                        gathered += try source.read(count, at: Int64(gathered.count))
                    } catch {
                        #expect(error.isRetryable)
                        failures += 1
                    }
                }
                #expect(gathered == ByteSourceConformance.bytes)
                #expect(failures > 0)
            }
        }
    }

    @Test("an object that was replaced meanwhile is refused, not mixed up with the old one")
    func replaced() async throws {
        try await self.withFilesystem { store in
            let info = try await self.put(store)
            let source = ObjectSource(info, in: store)
            #expect(try await self.pool.run { () throws in try source.read(10, at: 0) }.count == 10)
            let other = ByteSourceConformance.bytes.map { ~$0 }
            _ = try await store.put(info.key, .bytes(other), digest: nil, condition: .always)
            await #expect(throws: ObjectStoreError.conflict(info.key)) {
                try await self.pool.run { () throws in try source.read(10, at: 2_000_000) }
            }
        }
    }
}
