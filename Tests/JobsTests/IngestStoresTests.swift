import AsyncHTTPClient
import Content
import Foundation
import JobLifecycle
import ObjectStore
import SigV4
import Staging
import TestKit
import Testing
import Threads

@testable import Jobs

/// Ingests the same builds from a local store and from one that is far away.
@Suite("An upload that lies in a store", .serialized)
struct IngestStoresTests {
    /// A large file, and small ones: several checkpoints, and more pieces than are read ahead.
    private static let files: [(path: String, bytes: [UInt8])] = (0..<200).map { number in
        let count = number == 100 ? 9 << 20 : number * 371 % 60_000
        return (
            "d\(number % 7)/file\(number)",
            (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761 &+ number) >> 11) }
        )
    }

    private static func archive(_ name: String) throws -> [UInt8] {
        if name == "thin" { return try IngestRun.thin(self.files) }
        let root = FileManager.default.temporaryDirectory.appending(path: "ingest-\(UUID())")
        defer { try? FileManager.default.removeItem(at: root) }
        for file in self.files {
            let url = root.appending(path: "tree/\(file.path)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.bytes).write(to: url)
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            name.hasSuffix("zip") ? ["zip", "-qr", "../\(name)", "."] : ["tar", "-caf", "../\(name)", "."]
        process.currentDirectoryURL = root.appending(path: "tree")
        try process.run()
        process.waitUntilExit()
        return Array(try Data(contentsOf: root.appending(path: name)))
    }

    /// A bucket of its own in the real server.
    private func withS3(_ body: (any ObjectStore) async throws -> Void) async throws {
        let server = try await S3Server.shared.start()
        let endpoint = try #require(S3Endpoint(server.endpoint))
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: S3Store.clientConfiguration())
        let store = S3Store(
            S3Configuration(
                endpoint: endpoint, region: server.region, bucket: "ingest-tests", addressing: .path),
            credentials: StaticCredentials(
                Credentials(accessKey: server.accessKey, secretKey: server.secretKey, sessionToken: nil)),
            http: http, pool: ThreadPool(name: "ingest-s3", threads: 2)
        ) { Date() }
        do {
            try await store.createBucket()
            try await body(store)
        } catch {
            try await http.shutdown()
            throw error
        }
        try await http.shutdown()
    }

    @Test(
        "it is unpacked without a copy on disk, and makes the same manifest as a local one, byte for byte",
        arguments: ["a.tar", "a.tar.gz", "a.tar.zst", "a.zip", "thin"])
    func sameManifest(name: String) async throws {
        let bytes = try Self.archive(name)
        try await ShopJobFixture.with { fixture in
            let near = try await IngestRun(bytes, as: "near", in: fixture.store, fixture)
            #expect(try await near.ingest(from: fixture.store).error == nil)
            let expected = try await near.manifest()

            let distant = DistantStore(fixture.store)
            let far = try await IngestRun(bytes, as: "far", in: fixture.store, fixture)
            #expect(try await far.ingest(from: distant).error == nil)
            #expect(try await far.manifest() == expected)
            // Its directory aside, no byte came twice.
            let fetched = distant.ranges.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
            #expect(fetched < Int64(bytes.count) + (2 << 20))

            try await self.withS3 { s3 in
                let run = try await IngestRun(bytes, as: "s3", in: s3, fixture)
                #expect(try await run.ingest(from: s3).error == nil)
                #expect(try await run.manifest() == expected)
            }
        }
    }

    @Test(
        "a fetch that breaks in the middle fails the attempt, and the next goes on from its checkpoint",
        arguments: ["a.tar", "a.zip", "thin"])
    func breaks(name: String) async throws {
        let bytes = try Self.archive(name)
        try await ShopJobFixture.with { fixture in
            let near = try await IngestRun(bytes, as: "near", in: fixture.store, fixture)
            #expect(try await near.ingest(from: fixture.store).error == nil)
            let expected = try await near.manifest()

            let far = try await IngestRun(bytes, as: "far", in: fixture.store, fixture)
            var (checkpoint, failures): (String?, Int) = (nil, 0)
            while failures < 40 {
                // From some request on the line is dead; each attempt gets a little farther.
                let working = 3 * failures
                let ended = try await far.ingest(
                    from: DistantStore(fixture.store) { $0 >= working }, goingOn: checkpoint)
                checkpoint = ended.checkpoint
                guard let error = ended.error else { break }
                #expect(Self.isRetryable(error), "\(error)")
                failures += 1
            }
            #expect(failures > 0 && failures < 40)
            #expect(try await far.manifest() == expected)
        }
    }

    @Test(
        "killed again and again, it goes on from its checkpoint, near and in S3",
        arguments: ["a.tar", "a.tar.gz", "a.zip", "thin"])
    func killed(name: String) async throws {
        let bytes = try Self.archive(name)
        try await ShopJobFixture.with { fixture in
            let whole = try await IngestRun(bytes, as: "whole", in: fixture.store, fixture)
            #expect(try await whole.ingest(from: fixture.store).error == nil)
            let expected = try await whole.manifest()
            try await self.withS3 { s3 in
                for (place, store) in [("near", fixture.store), ("s3", s3)] as [(String, any ObjectStore)] {
                    let run = try await IngestRun(bytes, as: place, in: store, fixture)
                    var checkpoint: String?
                    var entries: [Int] = []
                    var isWhole = false
                    for point in [30, 60, 90] as [Int64] where !isWhole {
                        let cut = try await run.ingest(from: store, goingOn: checkpoint, until: point)
                        checkpoint = cut.checkpoint
                        isWhole = cut.error == nil
                        if !isWhole { entries.append(try Self.entries(of: checkpoint)) }
                    }
                    #expect(!entries.isEmpty, "\(place): every attempt was quicker than its kill")
                    #expect(entries == entries.sorted(), "\(place): it never goes back")
                    #expect(entries.last ?? 0 > 0, "\(place): no checkpoint was saved")
                    if !isWhole { #expect(try await run.ingest(from: store, goingOn: checkpoint).error == nil) }
                    #expect(try await run.manifest() == expected)
                }
            }
        }
    }

    @Test(
        "a large file that was cut off is written on where its last checkpoint was, and not fetched again up to there")
    func largeFile() async throws {
        let content = (0..<40 << 20).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 15) }
        let bytes = TarArchive(files: [("a", [1]), ("large", content), ("z", [2])]).bytes
        try await ShopJobFixture.with { fixture in
            let whole = try await IngestRun(bytes, as: "whole", in: fixture.store, fixture)
            #expect(try await whole.ingest(from: fixture.store).error == nil)
            let expected = try await whole.manifest()
            let run = try await IngestRun(bytes, as: "cut", in: fixture.store, fixture)
            // A read that dies is a kill at a known place.
            let cut = try await run.ingest(from: DistantStore(fixture.store) { $0 >= 10 })
            #expect(cut.error != nil)
            let checkpoint = try #require(cut.checkpoint)
            let saved = try JSONDecoder().decode(IngestCheckpoint.self, from: Data(checkpoint.utf8))
            #expect(saved.entries == 1 && saved.partial > 0)
            let distant = DistantStore(fixture.store)
            #expect(try await run.ingest(from: distant, goingOn: checkpoint).error == nil)
            let fetched = distant.ranges.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
            #expect(fetched < Int64(bytes.count) - saved.partial + (1 << 20))
            #expect(try await run.manifest() == expected)
        }
    }

    @Test("a local file is read as any other bytes are")
    func localFile() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "bytes-\(UUID())")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(ByteSourceConformance.bytes).write(to: file)
        try ByteSourceConformance.check(try FileSource(path: file.path))
    }

    private static func entries(of checkpoint: String?) throws -> Int {
        guard let checkpoint else { return 0 }
        return try JSONDecoder().decode(IngestCheckpoint.self, from: Data(checkpoint.utf8)).entries
    }

    private static func isRetryable(_ error: any Error) -> Bool {
        switch error {
        case let error as BuildFailure: error.failure.retryable
        case let error as ObjectStoreError: error.isRetryable
        default: false
        }
    }
}
