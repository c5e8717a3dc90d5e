import Content
import Digests
import Faults
import Foundation
import ObjectStore
import SigV4
import Synchronization
import TestKit
import Testing

/// A real store behind a network that does what networks do.
@Suite("S3 store over a bad network", .serialized, .enabled("an S3 server") { await S3Server.isAvailable() })
struct S3NetworkTests {
    private static let bytes = (0..<21).reduce(into: [UInt8]()) { bytes, number in
        bytes += (0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 &* (number + 3) >> 2) }
    }

    /// One fault at a time, on a third of all connections: nothing is lost, and what is stored is what was sent.
    @Test(
        "files and objects go up and down whole",
        arguments: [
            .delay(milliseconds: 20), .reset(afterBytes: 3 << 20), .truncate(afterBytes: 400), .busy,
            .corrupt(afterBytes: 1 << 20), .errorIn200, .expired,
        ] as [FaultPlan.Fault])
    func whole(_ fault: FaultPlan.Fault) async throws {
        let real = try await S3Bucket.shared.store()
        try await FaultProxy.run(
            to: real.configuration.endpoint.port ?? 0, plan: FaultPlan(seed: 11, percent: 33, faults: [fault])
        ) { proxy in
            let store = try await S3Bucket.makeStore(endpoint: proxy.url) {
                $0.stallLimit = .seconds(2)
                $0.maximumAttempts = 12
            }
            let prefix = "network/\(UUID())"
            try await withTemporaryDirectory { directory in
                try Data(Self.bytes).write(to: URL(filePath: "\(directory)/up"))
                let transfer = FileTransfer(store: store, pool: S3Bucket.pool, maximumInFlight: 4)
                let large = try ObjectKey(validating: "\(prefix)/large")
                _ = try await transfer.upload(
                    large, file: "\(directory)/up", digest: nil, condition: .always, resuming: .none
                ) { _ in }
                #expect(try await real.read(large, range: nil, limit: .mebibytes(64)) == Self.bytes)
                try await Self.download(large, transfer, to: "\(directory)/down", .sha256(of: Self.bytes))
                #expect(try Data(contentsOf: URL(filePath: "\(directory)/down")) == Data(Self.bytes))

                for number in 0..<12 {
                    let key = try ObjectKey(validating: "\(prefix)/\(number)")
                    let content = Array(Self.bytes[(number * 1000)...].prefix(60_000))
                    _ = try await store.put(key, .bytes(content), digest: nil, condition: .ifAbsent)
                    #expect(try await real.read(key, range: nil, limit: .mebibytes(1)) == content)
                }
            }
            // The answer to the beginning of an upload may be lost: nobody knows that one, and the sweep removes it.
            let unknown = try await real.listMultipartUploads(prefix: prefix)
            #expect(fault == .truncate(afterBytes: 400) || unknown.isEmpty, "\(unknown)")
            for upload in unknown { try await real.abortMultipart(upload.key, upload.id) }
            #expect(proxy.counts.faulted > 0)
        }
    }

    /// Wrong bytes on the way down are found by their digest, and fetched again by whoever asked.
    private static func download(
        _ key: ObjectKey, _ transfer: FileTransfer, to path: String, _ digest: Digest
    ) async throws {
        for _ in 0..<10 {
            do throws(ObjectStoreError) {
                try await transfer.download(key, to: path, digest: digest) { _ in }
                return
            } catch {
                guard case .digestMismatch = error else { throw error }
                #expect(!FileManager.default.fileExists(atPath: path), "nothing wrong ever has the file's name")
            }
        }
        Issue.record("always wrong")
    }

    @Test("bytes of parts that were changed on the way up are refused by a store that was probed, and sent again")
    func changedPartsOnTheWay() async throws {
        let real = try await S3Bucket.shared.store()
        let plan = FaultPlan(seed: 6, percent: 50, faults: [.corruptSent(afterBytes: 4 << 20)])
        try await FaultProxy.run(to: real.configuration.endpoint.port ?? 0, plan: plan) { proxy in
            let store = try await S3Bucket.makeStore(endpoint: proxy.url) { $0.maximumAttempts = 12 }
            try await store.probe()
            try await withTemporaryDirectory { directory in
                try Data(Self.bytes).write(to: URL(filePath: "\(directory)/up"))
                let transfer = FileTransfer(store: store, pool: S3Bucket.pool, maximumInFlight: 4)
                let key = try ObjectKey(validating: "network/\(UUID())")
                _ = try await transfer.upload(
                    key, file: "\(directory)/up", digest: nil, condition: .always, resuming: .none
                ) { _ in }
                #expect(try await real.read(key, range: nil, limit: .mebibytes(64)) == Self.bytes)
            }
            #expect(proxy.counts.faulted > 0)
        }
    }

    @Test("bytes that were changed on the way up are refused by the store and sent again")
    func changedOnTheWay() async throws {
        let real = try await S3Bucket.shared.store()
        let plan = FaultPlan(seed: 5, percent: 50, faults: [.corruptSent(afterBytes: 20_000)])
        try await FaultProxy.run(to: real.configuration.endpoint.port ?? 0, plan: plan) { proxy in
            for number in 0..<20 {
                // A connection each: the fate of one is the fate of its first large body.
                let store = try await S3Bucket.makeStore(endpoint: proxy.url) { $0.maximumAttempts = 12 }
                let key = try ObjectKey(validating: "network/\(UUID())")
                let content = Array(Self.bytes[(number * 1000)...].prefix(200_000))
                _ = try await store.put(key, .bytes(content), digest: nil, condition: .always)
                #expect(try await real.read(key, range: nil, limit: .mebibytes(1)) == content)
            }
            #expect(proxy.counts.faulted > 0)
        }
    }
}
