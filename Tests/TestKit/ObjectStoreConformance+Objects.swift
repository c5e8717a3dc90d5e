import Content
import Digests
import FoundationEssentials
import NIOCore
import ObjectStore

extension ObjectStoreConformance {
    static let objectChecks: [Check] = [
        Check("what was put is read back, whatever its length") { test in
            for count in [0, 1, 5000, 700_000] {
                let (key, bytes) = (try test.key("length/\(count)"), Self.bytes(count, seed: UInt64(count)))
                let put = try await test.store.put(key, .bytes(bytes), digest: nil, condition: .always)
                try expectEqual(put.size, Int64(count), "the size")
                try expectEqual(try await test.read(key), bytes, "the content of \(count) bytes")
            }
        },
        Check("head tells what put told, and nil when there is nothing") { test in
            let key = try test.key("head")
            try expect(try await test.store.head(key) == nil, "an absent object has a head")
            let bytes = Self.bytes(3000, seed: 1)
            let digest = Digest.sha256(of: bytes)
            let put = try await test.store.put(key, .bytes(bytes), digest: digest, condition: .always)
            guard let head = try await test.store.head(key) else { throw ConformanceFailure(description: "no head") }
            try expectEqual(head.etag, put.etag, "the etag")
            try expectEqual(head.size, 3000, "the size")
            try expectEqual(head.digest, digest, "the digest")
            try expect(!head.etag.isEmpty && !head.etag.contains("\""), "the etag is \(head.etag)")
            try expect(abs(head.lastModified.timeIntervalSinceNow) < 300, "the object is of \(head.lastModified)")
        },
        Check("replacing an object changes its etag") { test in
            let key = try test.key("etag")
            let first = try await test.store.put(key, .bytes([1]), digest: nil, condition: .always)
            let second = try await test.store.put(key, .bytes([2]), digest: nil, condition: .always)
            try expect(first.etag != second.etag, "the etag stayed \(first.etag)")
            try expectEqual(try await test.read(key), [2], "the content")
        },
        Check("a range of a file is stored") { test in
            let path = "\(test.directory)/\(UUID())"
            let bytes = Self.bytes(2_500_000, seed: 2)
            try Data(bytes).write(to: URL(filePath: path))
            let part = Array(bytes[100_000..<1_900_000])
            for digest in [nil, Digest.sha256(of: part)] {
                let key = try test.key("file/\(digest == nil)")
                let body = ObjectBody.file(path: path, range: 100_000..<1_900_000)
                let put = try await test.store.put(key, body, digest: digest, condition: .always)
                try expectEqual(put.size, 1_800_000, "the size")
                try expect(try await test.read(key) == part, "the content differs")
            }
            let long = ObjectBody.file(path: path, range: 0..<2_500_001)
            let error = try await failure(of: "storing more than the file has") { () async throws(ObjectStoreError) in
                try await test.store.put(test.fixed("file/long"), long, digest: nil, condition: .always)
            }
            guard case .sourceUnreadable = error else { throw ConformanceFailure(description: "error is \(error)") }
        },
        Check("a file that is not there is the sender's error") { test in
            let error = try await failure(of: "storing no file") { () async throws(ObjectStoreError) in
                try await test.store.put(
                    test.fixed("nofile"), .file(path: "\(test.directory)/none", range: 0..<10), digest: nil,
                    condition: .always)
            }
            guard case .sourceUnreadable = error else { throw ConformanceFailure(description: "error is \(error)") }
        },
        Check("a stream is stored, with and without a digest") { test in
            for count in [0, 70_000, 3_000_000] {
                let bytes = Self.bytes(count, seed: 3)
                for digest in [nil, Digest.sha256(of: bytes)] {
                    let key = try test.key("stream/\(count)/\(digest == nil)")
                    let body = ObjectBody.stream(length: Int64(count), Self.stream(bytes, by: 65_000))
                    _ = try await test.store.put(key, body, digest: digest, condition: .always)
                    try expect(try await test.read(key) == bytes, "the content differs")
                }
            }
        },
        Check("a stream of another length than declared is refused and leaves nothing") { test in
            for (declared, real) in [(10, 11), (10, 9), (3_000_000, 3_000_001), (3_000_000, 2_999_999)] {
                let key = try test.key("wrong/\(declared)/\(real)")
                let body = ObjectBody.stream(
                    length: Int64(declared), Self.stream(Self.bytes(real, seed: 4), by: 65_536))
                let error = try await failure(of: "a stream of \(real)") { () async throws(ObjectStoreError) in
                    try await test.store.put(key, body, digest: nil, condition: .always)
                }
                guard case .sizeMismatch = error else { throw ConformanceFailure(description: "error is \(error)") }
                try expect(try await test.store.head(key) == nil, "something was stored")
            }
        },
        Check("a stream that fails is the sender's error and leaves nothing") { test in
            for count in [100_000, 3_000_000] {
                let key = try test.key("broken/\(count)")
                let body = ObjectBody.stream(length: Int64(count), ByteStream(BrokenSource(count: count / 2)))
                let error = try await failure(of: "a broken stream") { () async throws(ObjectStoreError) in
                    try await test.store.put(key, body, digest: nil, condition: .always)
                }
                guard case .sourceFailed = error else { throw ConformanceFailure(description: "error is \(error)") }
                try expect(try await test.store.head(key) == nil, "something was stored")
            }
        },
        Check("bytes that are not those declared are refused and leave nothing") { test in
            let bytes = Self.bytes(2_000_000, seed: 5)
            let wrong = Digest.sha256(of: [0])
            let path = "\(test.directory)/\(UUID())"
            try Data(bytes).write(to: URL(filePath: path))
            let bodies: [ObjectBody] = [
                .bytes(bytes), .file(path: path, range: 0..<2_000_000),
                .stream(length: 2_000_000, Self.stream(bytes, by: 100_000)),
            ]
            for (index, body) in bodies.enumerated() {
                let key = try test.key("digest/\(index)")
                let error = try await failure(of: "wrong bytes") { () async throws(ObjectStoreError) in
                    try await test.store.put(key, body, digest: wrong, condition: .always)
                }
                try expectEqual(error, .digestMismatch(declared: wrong, computed: .sha256(of: bytes)), "the error")
                try expect(try await test.store.head(key) == nil, "something was stored")
            }
        },
        Check("an object that is there is left alone when it must be absent") { test in
            let key = try test.key("absent")
            _ = try await test.store.put(key, .bytes([1]), digest: nil, condition: .ifAbsent)
            let error = try await failure(of: "the second put") { () async throws(ObjectStoreError) in
                try await test.store.put(key, .bytes([2]), digest: nil, condition: .ifAbsent)
            }
            try expectEqual(error, .alreadyExists(key), "the error")
            try expectEqual(try await test.read(key), [1], "the content")
        },
        Check("of sixteen writers that want to be first exactly one is") { test in
            for round in 0..<3 {
                let key = try test.key("race/\(round)")
                let winners = await withTaskGroup(of: UInt8?.self) { group in
                    for writer in 0..<16 {
                        group.addTask {
                            let body = ObjectBody.bytes([UInt8](repeating: UInt8(writer), count: 1000))
                            do throws(ObjectStoreError) {
                                _ = try await test.store.put(key, body, digest: nil, condition: .ifAbsent)
                                return UInt8(writer)
                            } catch {
                                return nil
                            }
                        }
                    }
                    return await group.reduce(into: [UInt8]()) { if let writer = $1 { $0.append(writer) } }
                }
                try expectEqual(winners.count, 1, "the number of winners")
                try expectEqual(try await test.read(key).first, winners.first, "the writer of the content")
            }
        },
        Check("of many writers at once one wins whole") { test in
            let key = try test.key("whole")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        let body = ObjectBody.bytes([UInt8](repeating: UInt8(writer), count: 100_000))
                        _ = try await test.store.put(key, body, digest: nil, condition: .always)
                    }
                }
                try await group.waitForAll()
            }
            let bytes = try await test.read(key)
            try expectEqual(bytes.count, 100_000, "the size")
            try expectEqual(Set(bytes).count, 1, "the number of writers in the content")
        },
        Check("deleting removes, and absent objects are fine") { test in
            let keys = try (0..<5).map { try test.key("delete/\($0 % 2)/\($0)") }
            for key in keys.prefix(4) {
                _ = try await test.store.put(key, .bytes([1]), digest: nil, condition: .always)
            }
            try await test.store.delete([keys[0]])
            try await test.store.delete([keys[0]])
            try await test.store.delete(Array(keys[1...]))
            for key in keys { try expect(try await test.store.head(key) == nil, "\(key) is still there") }
            try await test.store.delete([])
        },
        Check("keys with any printable character are kept apart") { test in
            let names = [
                "a b+c.bin", "a+b c.bin", "a%20b+c.bin", "é/世界.pak", "e\u{301}/x", "~tilde_-.", "!*'();:@&=$,?#[]",
                "\"quoted\"<&>",
                "x..y", "...", "UPPER", "upper",
            ]
            for (index, name) in names.enumerated() {
                _ = try await test.store.put(
                    test.key("names/\(name)"), .bytes([UInt8(index)]), digest: nil, condition: .always)
            }
            for (index, name) in names.enumerated() {
                try expectEqual(
                    try await test.read(test.key("names/\(name)")), [UInt8(index)], "the content of \(name)")
            }
            let listed = try await test.store.list(prefix: test.prefix + "names/", after: nil, limit: 1000).map(\.key)
            try expectEqual(listed, try names.map { try test.key("names/\($0)") }.sorted(), "the list")
            try await test.store.delete(listed)
            let left = try await test.store.list(prefix: test.prefix + "names/", after: nil, limit: 1000)
            try expectEqual(left.count, 0, "the number of objects left")
        },
    ]

    /// A key whose name is written in this suite.
    func fixed(_ name: StaticString) -> ObjectKey { ObjectKey(self.prefix + "\(name)") ?? "invalid" }

    static func stream(_ bytes: [UInt8], by count: Int) -> ByteStream {
        ByteStream(
            AsyncStream { continuation in
                var rest = bytes[...]
                while !rest.isEmpty {
                    continuation.yield(ByteBuffer(bytes: rest.prefix(count)))
                    rest = rest.dropFirst(count)
                }
                continuation.finish()
            })
    }
}

/// Gives so many bytes and then fails.
private struct BrokenSource: AsyncSequence, Sendable {
    struct Broken: Error {}

    let count: Int

    func makeAsyncIterator() -> Iterator { Iterator(left: self.count) }

    struct Iterator: AsyncIteratorProtocol {
        var left: Int

        mutating func next() async throws -> ByteBuffer? {
            guard self.left > 0 else { throw Broken() }
            let count = Swift.min(self.left, 65_536)
            self.left -= count
            return ByteBuffer(repeating: 7, count: count)
        }
    }
}
