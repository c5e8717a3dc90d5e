import Content
import Digests
import FoundationEssentials
import Multipart
import ObjectStore

extension ObjectStoreConformance {
    private static let smallest = Int(PartPlan.minimumPartSize.bytes)

    static let multipartChecks: [Check] = [
        Check("parts sent in any order become one object") { test in
            let key = try test.key("parts")
            let parts = [
                Self.bytes(Self.smallest, seed: 11), Self.bytes(Self.smallest, seed: 12), Self.bytes(777, seed: 13),
            ]
            let upload = try await test.store.beginMultipart(key)
            var sent: [PartInfo] = []
            for number in [3, 1, 2] {
                let part = parts[number - 1]
                let info = try await test.store.putPart(
                    key, upload, number: number, .bytes(part), digest: .sha256(of: part))
                try expectEqual(info.number, number, "the number")
                try expectEqual(info.size, Int64(part.count), "the size of a part")
                sent.append(info)
            }
            try expect(try await test.store.head(key) == nil, "the object is there before it is complete")
            let listed = try await test.store.listParts(key, upload)
            try expectEqual(listed.map(\.number), [1, 2, 3], "the listed numbers")
            try expectEqual(listed.map(\.etag), sent.sorted { $0.number < $1.number }.map(\.etag), "the listed etags")
            try expectEqual(listed.map(\.size), parts.map { Int64($0.count) }, "the listed sizes")
            let made = try await test.store.completeMultipart(key, upload, parts: listed, condition: .always)
            try expectEqual(made.size, Int64(parts.joined().count), "the size")
            try expect(try await test.read(key) == Array(parts.joined()), "the content differs")
            try expectEqual(try await test.store.head(key)?.etag, made.etag, "the etag")
        },
        Check("parts come from files and streams, and their digests are checked") { test in
            let key = try test.key("sources")
            let bytes = Self.bytes(Self.smallest + 1000, seed: 14)
            let path = "\(test.directory)/\(UUID())"
            try Data(bytes).write(to: URL(filePath: path))
            let upload = try await test.store.beginMultipart(key)
            let wrong = Digest.sha256(of: [9])
            let file = ObjectBody.file(path: path, range: 1000..<Int64(bytes.count))
            let error = try await failure(of: "a part with other bytes") { () async throws(ObjectStoreError) in
                try await test.store.putPart(key, upload, number: 1, file, digest: wrong)
            }
            guard case .digestMismatch(wrong, _) = error else {
                throw ConformanceFailure(description: "error is \(error)")
            }
            try expectEqual(try await test.store.listParts(key, upload).count, 0, "the number of parts after the error")
            let first = try await test.store.putPart(
                key, upload, number: 1, file, digest: .sha256(of: Array(bytes[1000...])))
            let stream = ObjectBody.stream(length: Int64(bytes.count), Self.stream(bytes, by: 100_000))
            let second = try await test.store.putPart(key, upload, number: 2, stream, digest: nil)
            _ = try await test.store.completeMultipart(key, upload, parts: [first, second], condition: .always)
            try expect(try await test.read(key) == Array(bytes[1000...]) + bytes, "the content differs")
        },
        Check("of a part sent twice the last counts") { test in
            let key = try test.key("twice")
            let upload = try await test.store.beginMultipart(key)
            _ = try await test.store.putPart(key, upload, number: 1, .bytes([1, 1]), digest: nil)
            // Servers may tell the times of parts in whole seconds.
            try await Task.sleep(for: .milliseconds(1100))
            let second = try await test.store.putPart(key, upload, number: 1, .bytes([2, 2]), digest: nil)
            try expectEqual(try await test.store.listParts(key, upload).map(\.etag), [second.etag], "the listed etags")
            _ = try await test.store.completeMultipart(key, upload, parts: [second], condition: .always)
            try expectEqual(try await test.read(key), [2, 2], "the content")
        },
        Check("a part list that is not the store's is refused") { test in
            let key = try test.key("refused")
            let upload = try await test.store.beginMultipart(key)
            let small = try await test.store.putPart(key, upload, number: 1, .bytes([1]), digest: nil)
            let last = try await test.store.putPart(key, upload, number: 2, .bytes([2]), digest: nil)
            let absent = PartInfo(number: 7, size: 1, etag: small.etag, digest: nil)
            for (what, parts) in [
                ("a part that is too small", [small, last]), ("a part that is absent", [absent]), ("no part", []),
                ("parts out of order", [last, small]),
            ] {
                let error = try await failure(of: what) { () async throws(ObjectStoreError) in
                    try await test.store.completeMultipart(key, upload, parts: parts, condition: .always)
                }
                guard case .invalidPart = error else {
                    throw ConformanceFailure(description: "\(what): error is \(error)")
                }
            }
            try await test.store.abortMultipart(key, upload)
            try expect(try await test.store.head(key) == nil, "an object was made")
        },
        Check("completing twice gives the same object") { test in
            let key = try test.key("again")
            for condition in [PutCondition.always, .ifAbsent] {
                try await test.store.delete([key])
                let upload = try await test.store.beginMultipart(key)
                let part = try await test.store.putPart(key, upload, number: 1, .bytes([5, 6]), digest: nil)
                let first = try await test.store.completeMultipart(key, upload, parts: [part], condition: condition)
                let second = try await test.store.completeMultipart(key, upload, parts: [part], condition: condition)
                try expectEqual(second.etag, first.etag, "the etag")
                try expectEqual(second.size, first.size, "the size")
            }
        },
        Check("completing leaves an object alone that must be absent") { test in
            let key = try test.key("taken")
            _ = try await test.store.put(key, .bytes([1]), digest: nil, condition: .always)
            let upload = try await test.store.beginMultipart(key)
            let part = try await test.store.putPart(key, upload, number: 1, .bytes([2, 2]), digest: nil)
            let error = try await failure(of: "completing") { () async throws(ObjectStoreError) in
                try await test.store.completeMultipart(key, upload, parts: [part], condition: .ifAbsent)
            }
            try expectEqual(error, .alreadyExists(key), "the error")
            try expectEqual(try await test.read(key), [1], "the content")
            _ = try await test.store.completeMultipart(key, upload, parts: [part], condition: .always)
            try expectEqual(try await test.read(key), [2, 2], "the content")
        },
        Check("an aborted upload is gone, and aborting again is fine") { test in
            let key = try test.key("aborted")
            let upload = try await test.store.beginMultipart(key)
            let part = try await test.store.putPart(key, upload, number: 1, .bytes([1]), digest: nil)
            try await test.store.abortMultipart(key, upload)
            try await test.store.abortMultipart(key, upload)
            let gone = ObjectStoreError.noSuchUpload(key, upload)
            let put = try await failure(of: "sending a part") { () async throws(ObjectStoreError) in
                try await test.store.putPart(key, upload, number: 2, .bytes([1]), digest: nil)
            }
            try expectEqual(put, gone, "the error of putPart")
            let list = try await failure(of: "listing parts") { () async throws(ObjectStoreError) in
                try await test.store.listParts(key, upload)
            }
            try expectEqual(list, gone, "the error of listParts")
            let complete = try await failure(of: "completing") { () async throws(ObjectStoreError) in
                try await test.store.completeMultipart(key, upload, parts: [part], condition: .always)
            }
            try expectEqual(complete, gone, "the error of completeMultipart")
        },
        Check("an upload that never was is no such upload") { test in
            let key = try test.key("never")
            for name in ["0", String(repeating: "a", count: 32), "2~abc-def"] {
                let upload = MultipartUploadID(name)
                let error = try await failure(of: "sending a part") { () async throws(ObjectStoreError) in
                    try await test.store.putPart(key, upload, number: 1, .bytes([1]), digest: nil)
                }
                try expectEqual(error, .noSuchUpload(key, upload), "the error")
                try await test.store.abortMultipart(key, upload)
            }
        },
        Check("part numbers are 1 to 10,000") { test in
            let key = try test.key("numbers")
            let upload = try await test.store.beginMultipart(key)
            for number in [0, -1, 10_001] {
                let error = try await failure(of: "part \(number)") { () async throws(ObjectStoreError) in
                    try await test.store.putPart(key, upload, number: number, .bytes([1]), digest: nil)
                }
                guard case .invalidPart = error else { throw ConformanceFailure(description: "error is \(error)") }
            }
            let part = try await test.store.putPart(key, upload, number: 10_000, .bytes([1]), digest: nil)
            _ = try await test.store.completeMultipart(key, upload, parts: [part], condition: .always)
            try expectEqual(try await test.read(key), [1], "the content")
        },
        Check("open uploads are listed until they end") { test in
            let keys = try ["open/a", "open/b"].map { try test.key($0) }
            let first = try await test.store.beginMultipart(keys[0])
            let second = try await test.store.beginMultipart(keys[1])
            let third = try await test.store.beginMultipart(keys[1])
            let open = try await test.store.listMultipartUploads(prefix: test.prefix + "open/")
            try expectEqual(open.map(\.key), [keys[0], keys[1], keys[1]], "the keys")
            try expectEqual(Set(open.map(\.id)), [first, second, third], "the uploads")
            try expect(
                open.allSatisfy { abs($0.begunAt.timeIntervalSinceNow) < 300 }, "an upload was begun at another time")
            for upload in open { try await test.store.abortMultipart(upload.key, upload.id) }
            let left = try await test.store.listMultipartUploads(prefix: test.prefix + "open/")
            try expectEqual(left, [], "the open uploads")
        },
        Check("an upload goes on from what the store has") { test in
            let key = try test.key("resumed")
            let bytes = Self.bytes(2 * Self.smallest + 10, seed: 15)
            let plan = try PartPlan(size: Int64(bytes.count), partSize: PartPlan.minimumPartSize)
            func body(_ number: Int) -> ObjectBody {
                let range = plan.range(of: number)
                return .bytes(Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
            }
            let upload = try await test.store.beginMultipart(key)
            _ = try await test.store.putPart(key, upload, number: 2, body(2), digest: nil)
            // Nothing is remembered but the key, the upload and the plan.
            var state = UploadState(plan: plan, stored: try await test.store.listParts(key, upload))
            try expectEqual(state.missing, [1, 3], "the missing parts")
            for number in state.missing {
                state.record(try await test.store.putPart(key, upload, number: number, body(number), digest: nil))
            }
            _ = try await test.store.completeMultipart(key, upload, parts: state.stored, condition: .always)
            try expect(try await test.read(key) == bytes, "the content differs")
        },
    ]
}
