import Content
import FoundationEssentials
import NIOCore
import ObjectStore

extension ObjectStoreConformance {
    static let readChecks: [Check] = [
        Check("ranges are cut at the end of the object") { test in
            let (key, bytes) = (try test.key("range"), Self.bytes(1_000_000, seed: 6))
            _ = try await test.store.put(key, .bytes(bytes), digest: nil, condition: .always)
            for range in [0..<1, 999_999..<1_000_000, 1000..<900_000, 500_000..<5_000_000, 0..<1_000_000]
                as [Range<Int64>]
            {
                let content = try await test.store.get(key, range: range)
                let cut = Int(range.lowerBound)..<min(Int(range.upperBound), bytes.count)
                try expectEqual(content.range, Int64(cut.lowerBound)..<Int64(cut.upperBound), "the range")
                try expectEqual(content.info.size, 1_000_000, "the size of the whole")
                let read = try await test.store.read(key, range: range, limit: .mebibytes(2))
                try expect(read == Array(bytes[cut]), "the bytes of \(range) differ")
            }
        },
        Check("an empty range reads nothing, and one behind the end is refused") { test in
            let key = try test.key("edge")
            _ = try await test.store.put(key, .bytes([1, 2, 3]), digest: nil, condition: .always)
            for start in [0, 2, 3] as [Int64] {
                try expectEqual(
                    try await test.store.read(key, range: start..<start, limit: .kibibytes(1)), [],
                    "the range at \(start)")
            }
            for range in [3..<4, 4..<9, 4..<4] as [Range<Int64>] {
                let error = try await failure(of: "reading \(range)") { () async throws(ObjectStoreError) in
                    try await test.store.get(key, range: range)
                }
                try expectEqual(error, .invalidRange(key), "the error")
            }
        },
        Check("an empty object can be read by range") { test in
            let key = try test.key("empty")
            _ = try await test.store.put(key, .bytes([]), digest: nil, condition: .always)
            try expectEqual(try await test.store.read(key, range: 0..<10, limit: .kibibytes(1)), [], "the content")
        },
        Check("what is not there is not found") { test in
            let key = try test.key("none")
            for range in [nil, 0..<0, 5..<9] as [Range<Int64>?] {
                let error = try await failure(of: "reading nothing") { () async throws(ObjectStoreError) in
                    try await test.store.get(key, range: range)
                }
                try expectEqual(error, .notFound(key), "the error")
            }
        },
        Check("more than the limit is not read into memory") { test in
            let key = try test.key("limit")
            _ = try await test.store.put(
                key, .bytes([UInt8](repeating: 1, count: 2000)), digest: nil, condition: .always)
            let error = try await failure(of: "reading 2,000 bytes") { () async throws(ObjectStoreError) in
                try await test.store.read(key, range: nil, limit: .kibibytes(1))
            }
            try expectEqual(error, .tooLarge(limit: .kibibytes(1)), "the error")
        },
        Check("reading can be broken off and leaves the store usable") { test in
            let (key, bytes) = (try test.key("partial"), Self.bytes(4_000_000, seed: 7))
            _ = try await test.store.put(key, .bytes(bytes), digest: nil, condition: .always)
            for _ in 0..<20 {
                for try await buffer in try await test.store.get(key, range: nil) {
                    try expect(buffer.readableBytes > 0, "an empty buffer came")
                    break
                }
            }
            try expect(try await test.read(key) == bytes, "the content differs")
        },
        Check("a cancelled task is told so") { test in
            let key = try test.key("cancelled")
            let task = Task { () async -> ObjectStoreError? in
                while !Task.isCancelled { await Task.yield() }
                let body = ObjectBody.stream(length: 8_000_000, Self.stream(Self.bytes(8_000_000, seed: 8), by: 65_536))
                do throws(ObjectStoreError) {
                    _ = try await test.store.put(key, body, digest: nil, condition: .always)
                } catch {
                    return error
                }
                return nil
            }
            task.cancel()
            try expectEqual(await task.value, .cancelled, "the error")
            try expect(try await test.store.head(key) == nil, "something was stored")
        },
    ]

    static let listChecks: [Check] = [
        Check("a list is ordered by bytes and comes in pages") { test in
            let names = ["a", "a!b", "a-b/1", "a-b/2", "a.b", "a/1/x", "a0", "b/é", "b/z", "z"].filter { $0 != "a/1/x" }
            for name in names.shuffled() {
                _ = try await test.store.put(test.key("list/\(name)"), .bytes([1, 2]), digest: nil, condition: .always)
            }
            let keys = try names.map { try test.key("list/\($0)") }.sorted()
            for limit in [1, 2, 3, 4, 1000] {
                var found: [ObjectKey] = []
                while true {
                    let page = try await test.store.list(prefix: test.prefix + "list/", after: found.last, limit: limit)
                    try expect(
                        page.allSatisfy { $0.size == 2 && !$0.etag.isEmpty }, "a listed object lacks size or etag")
                    found += page.map(\.key)
                    if page.count < limit { break }
                }
                try expectEqual(found, keys, "the list in pages of \(limit)")
            }
        },
        Check("a prefix need not end at a slash") { test in
            for name in ["ab/1", "ab/2", "abc", "b"] {
                _ = try await test.store.put(test.key("prefix/\(name)"), .bytes([]), digest: nil, condition: .always)
            }
            for (prefix, names) in [
                ("ab", ["ab/1", "ab/2", "abc"]), ("ab/", ["ab/1", "ab/2"]), ("abc", ["abc"]), ("x", []),
                ("ab/1", ["ab/1"]),
            ] {
                let found = try await test.store.list(prefix: "\(test.prefix)prefix/\(prefix)", after: nil, limit: 1000)
                try expectEqual(
                    found.map(\.key), try names.map { try test.key("prefix/\($0)") }, "the list of \(prefix)")
            }
        },
        Check("a list goes on after a key that is not there") { test in
            for name in ["1", "3", "5"] {
                _ = try await test.store.put(test.key("after/\(name)"), .bytes([]), digest: nil, condition: .always)
            }
            let found = try await test.store.list(prefix: test.prefix + "after/", after: test.key("after/2"), limit: 10)
            try expectEqual(found.map(\.key), [try test.key("after/3"), try test.key("after/5")], "the list")
        },
    ]
}
