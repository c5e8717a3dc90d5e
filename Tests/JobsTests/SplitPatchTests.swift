import BuildStore
import Content
import Digests
import FoundationEssentials
import Fuzzing
import JobLifecycle
import JobQueue
import ObjectStore
import Patching
import Postgres
import Staging
import TestKit
import Testing

@testable import Jobs

@Suite("One patch by many jobs")
struct SplitPatchTests {
    private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    /// Files too large to be held together, so that each is a group; edited, with something new that all have in common.
    private static let old = Dictionary(
        uniqueKeysWithValues: (0..<4).map { ("data\($0).pak", Self.noise(600_000, seed: UInt64($0))) })
    private static let new: [String: [UInt8]] = {
        let common = Self.noise(70_000, seed: 99)
        return Self.old.mapValues { bytes in
            var bytes = Array(bytes[..<90_000]) + common + Array(bytes[90_000..<120_000])
            bytes[45_000] &+= 1
            return bytes
        }
    }()

    private func pair(_ fixture: PatchFixture, isStaged: Bool = true) async throws -> (
        old: PatchFixture.Build, new: PatchFixture.Build
    ) {
        (try await fixture.publish("1.0", Self.old), try await fixture.publish("2.0", Self.new, isStaged: isStaged))
    }

    @Test(
        "the bytes of a patch are those of one encoder, whatever the batches and on however many machines",
        arguments: [Int64(1), 300_000, 1 << 30], [[0], [1], [0, 1]])
    func sameBytes(batch: Int64, machines: [Int]) async throws {
        try await PatchFixture.with { fixture in
            var fixture = fixture
            fixture.batch = batch
            let (old, new) = try await self.pair(fixture)
            try await fixture.enqueue(new, old)
            let jobs = try await fixture.run(machines: machines)
            #expect(jobs.filter { $0 == "encode-patch" }.count == [1: 4, 300_000: 4, 1 << 30: 1][batch])
            #expect(jobs.first == "plan-patch" && jobs.last == "assemble-patch")
            let patch = try #require(try await fixture.patch(from: old, to: new))
            #expect(patch.record.state == .ready)
            #expect(try patch.bytes == fixture.whole(from: old, to: new))
            #expect(patch.record.digest == patch.bytes.map { .sha256(of: $0) })
            if machines == [0] { #expect(try await fixture.remains() == []) }
        }
    }

    @Test("what parts have in common is a part of its own, and the bytes are those of one encoder all the same")
    func shared() async throws {
        try await PatchFixture.with { fixture in
            var fixture = fixture
            fixture.policy.level = .standard
            let some = Set(["data0.pak", "data1.pak"])
            let old = try await fixture.publish("1.0", Self.old.filter { some.contains($0.key) })
            let new = try await fixture.publish("2.0", Self.new.filter { some.contains($0.key) }, isStaged: true)
            try await fixture.enqueue(new, old)
            let jobs = try await fixture.run(machines: [1, 0])
            #expect(jobs.filter { $0 == "encode-patch" }.count == 3)
            #expect(try await fixture.patch(from: old, to: new)?.bytes == fixture.whole(from: old, to: new))
        }
    }

    @Test("a way back is made as the way there is, from files that are staged under the other version")
    func rollback() async throws {
        try await PatchFixture.with { fixture in
            let (old, new) = try await self.pair(fixture)
            try await fixture.enqueue(new, old, isRollback: true, rank: PatchPolicy.rank(0, isRollback: true))
            try await fixture.run()
            #expect(try await fixture.patch(from: new, to: old)?.bytes == fixture.whole(from: new, to: old))
            #expect(try await fixture.patch(from: old, to: new) == nil)
        }
    }

    @Test("killed at every call to the store, by whatever job, on two machines, it goes on, and nothing is left behind")
    func kills() async throws {
        try await PatchFixture.with { fixture in
            let (old, new) = try await self.pair(fixture, isStaged: false)
            let whole = try fixture.whole(from: old, to: new)
            var interrupted = 0
            for round in 0..<80 {
                let (step, carriedOut) = (round / 2, round.isMultiple(of: 2))
                try await fixture.enqueue(new, old)
                let dying = DyingStore(fixture.shop.store, dyingAt: step, carriedOut: carriedOut)
                try await fixture.run(machines: [0, 1], over: dying)
                if dying.count > step { interrupted += 1 }
                try await fixture.run(machines: [1, 0])
                #expect(try await fixture.patch(from: old, to: new)?.bytes == whole, "round \(round)")
                // What the other machine holds goes when it next works on a patch.
                let build = try await fixture.builds.beginPatch(
                    from: old.version, to: new.version, for: new.version, plan: 0, rank: 0)
                for staging in fixture.stagings {
                    _ = try await PatchScratch.open(build, in: staging, builds: fixture.builds)
                    try PatchScratch.remove(build, in: staging)
                }
                #expect(try await fixture.remains() == [], "round \(round)")
                let kept = try await fixture.patch(from: old, to: new)?.record.objectKey
                let keys = try await fixture.shop.keys().filter { $0.hasPrefix(StoreLayout.patches) }
                #expect(keys == [kept], "round \(round)")
                if dying.count <= step { break }
            }
            #expect(interrupted > 20)
        }
    }

    @Test("a patch that outgrows what it may cost stops at the part that shows it; the rest is not made")
    func stops() async throws {
        try await PatchFixture.with { fixture in
            let old = try await fixture.publish("1.0", Self.old)
            // Nothing like it was, but for a little, so that the plan cannot tell.
            let new = try await fixture.publish(
                "2.0",
                Dictionary(
                    uniqueKeysWithValues: (0..<6).map { ("data\($0).pak", Self.noise(300_000, seed: UInt64($0) + 50)) }
                ))
            var fixture = fixture
            fixture.policy.worthwhile = 0.3
            try await fixture.enqueue(new, old)
            let planned = try await fixture.run(stoppingAfter: 1)
            #expect(planned == ["plan-patch"])
            let progress = try await fixture.builds.patchProgress(to: new.version)
            #expect(progress[old.version]?.bytesDone == 0 && (progress[old.version]?.bytesTotal ?? 0) > 1_000_000)
            // Two are more than it may cost; the third of four finds nothing to do.
            #expect(try await fixture.run(stoppingAfter: 3) == ["encode-patch", "encode-patch", "encode-patch"])
            let made = try await fixture.shop.database.row(
                "SELECT count(*) AS parts, count(size) AS made FROM patch_parts")
            #expect(try made?("parts") == Int64(4) && made?("made") == Int64(2))
            #expect(try await fixture.run() == ["encode-patch", "assemble-patch"])
            let patch = try #require(try await fixture.patch(from: old, to: new))
            #expect(patch.record.state == .notWorthIt && patch.bytes == nil)
            #expect(patch.record.reason == .chunksAreCheaper)
            #expect(try await fixture.remains() == [])
            let preview = try await fixture.builds.preview(
                from: old.version, to: new.version, in: fixture.shop.database)
            #expect(preview?.updateBytes == preview?.chunkBytes)
        }
    }

    @Test("a plan that shows that a patch cannot be worth it is all that is done")
    func hopeless() async throws {
        try await PatchFixture.with { fixture in
            let old = try await fixture.publish("1.0", Self.old)
            var files = Self.old
            files["data0.pak"]?[3] &+= 1
            let new = try await fixture.publish("2.0", files)
            let budget = PatchBudget(versions: 3, rollbacks: 1, cpuSeconds: 100, memory: 64 << 20, storagePercent: 0)
            try await fixture.builds.set(budget, by: "an operator")
            try await fixture.enqueue(new, old)
            #expect(try await fixture.run() == ["plan-patch", "assemble-patch"])
            let record = try await fixture.patch(from: old, to: new)?.record
            #expect(record?.state == .notWorthIt && record?.reason == .noRoom)
            #expect(try await fixture.remains() == [])
        }
    }

    @Test("a job that fails for good fails the patch alone; what was made of it stays for a day, and then goes")
    func failure() async throws {
        try await PatchFixture.with { fixture in
            let (old, new) = try await self.pair(fixture)
            try await fixture.enqueue(new, old)
            try await fixture.run(stoppingAfter: 2)
            let worker = try await fixture.shop.queue.register(name: "failing")
            let job = try #require(try await fixture.shop.queue.lease(1, from: "patch", to: worker).first)
            let work = try JSONDecoder().decode(EncodePatch.self, from: Data(job.payload.utf8))
            let handler = EncodePatchHandler(
                builds: fixture.builds, store: fixture.shop.store, staging: fixture.stagings[0],
                key: fixture.key.verifyingKey)
            let failure = Failure(code: "test", message: "on purpose", retryable: false)
            _ = try await fixture.shop.queue.end(job, as: .discarded(failure)) {
                try await handler.abandon(work, failure: failure, in: $0)
            }
            try await fixture.run()
            #expect(try await fixture.patch(from: old, to: new)?.record.state == .failed)
            try await fixture.shop.collect()
            #expect(try await fixture.shop.keys().contains { $0.hasPrefix(StoreLayout.patchParts) })
            // Redriven, it goes on from what is there.
            let redriven = try await fixture.shop.queue.apply(
                .retry, to: JobFilter(ids: [job.id]), isDryRun: false, by: "t")
            #expect(redriven.changed == 1 && redriven.followers == 1)
            #expect(try await fixture.run() == ["encode-patch", "assemble-patch"])
            #expect(try await fixture.patch(from: old, to: new)?.bytes == fixture.whole(from: old, to: new))
            #expect(try await fixture.remains() == [])
        }
    }

    @Test("a disk that is full fails an attempt with its own code, and with room the patch is made")
    func diskFull() async throws {
        try await PatchFixture.with { fixture in
            let (old, new) = try await self.pair(fixture, isStaged: false)
            let directory = FileManager.default.temporaryDirectory.appending(path: "slipway-full-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: directory) }
            let full = PatchFixture(
                shop: fixture.shop,
                stagings: [try StagingArea(root: directory.path, watermark: ByteCount(Int64.max / 2))], key: fixture.key
            )
            try await fixture.enqueue(new, old)
            do {
                try await full.run()
                Issue.record("a patch was made where there is no room")
            } catch let error as StagingError {
                let failure = Failure(describing: error)
                #expect(failure.code == "disk-full" && failure.retryable)
            }
            #expect(try await fixture.patch(from: old, to: new) == nil)
            try await fixture.shop.queue.rescue(silentFor: .zero)
            try await fixture.run()
            #expect(try await fixture.patch(from: old, to: new)?.bytes == fixture.whole(from: old, to: new))
            #expect(try await fixture.remains() == [])
        }
    }

    @Test("a version that is deleted while its patch is made takes all of it along")
    func deletion() async throws {
        try await PatchFixture.with { fixture in
            let (old, new) = try await self.pair(fixture)
            try await fixture.enqueue(new, old)
            try await fixture.run(stoppingAfter: 3)
            try await fixture.shop.database.transaction {
                _ = try await fixture.builds.delete(old.version, in: $0)
            }
            let jobs = try await fixture.run()
            #expect(jobs.last == "assemble-patch")
            let build = try await fixture.builds.beginPatch(
                from: new.version, to: new.version, for: new.version, plan: 0, rank: 0)
            _ = try await PatchScratch.open(build, in: fixture.stagings[0], builds: fixture.builds)
            try PatchScratch.remove(build, in: fixture.stagings[0])
            #expect(try await fixture.remains() == [])
        }
    }

    @Test("room for patches goes to those that are worth most, in whatever order their jobs end")
    func room() async throws {
        try await PatchFixture.with { fixture in
            var olds: [PatchFixture.Build] = []
            for name in ["1.0", "2.0", "3.0"] {
                var files = Self.old
                files["data0.pak"]?[Int(olds.count)] &+= 1
                olds.append(try await fixture.publish(name, files))
            }
            let new = try await fixture.publish("9.0", Self.new)
            let size = try fixture.whole(from: olds[0], to: new).count
            // Room for two of the three.
            let stored = Self.new.values.reduce(0) { $0 + $1.count }
            let budget = PatchBudget(
                versions: 3, rollbacks: 0, cpuSeconds: 1000, memory: 64 << 20,
                storagePercent: size * 25 * 100 / (10 * stored))
            try await fixture.builds.set(budget, by: "an operator")
            for (rank, old) in olds.enumerated().reversed() {
                try await fixture.enqueue(new, old, rank: rank)
                try await fixture.run()
            }
            var records: [PatchRecord?] = []
            for old in olds { records.append(try await fixture.patch(from: old, to: new)?.record) }
            #expect(records.map { $0?.state } == [.ready, .ready, .notWorthIt])
            #expect(records.map { $0?.reason } == [nil, nil, .noRoom])
            #expect(try await fixture.remains() == [])
            let keys = try await fixture.shop.keys().filter { $0.hasPrefix(StoreLayout.patches) }
            #expect(keys.count == 2)
        }
    }

    @Test("each part is made with the memory and at the level that the budget allowed when it was planned")
    func terms() async throws {
        try await PatchFixture.with { fixture in
            var fixture = fixture
            fixture.policy.level = .standard
            func files(_ value: UInt8) -> [String: [UInt8]] {
                ["a.pak": [UInt8](repeating: value, count: 7 << 20)]
            }
            let old = try await fixture.publish("1.0", files(1))
            let new = try await fixture.publish("2.0", files(2))
            func terms(_ seconds: Int64, memory: Int64) async throws -> PatchBuild.Terms? {
                try await fixture.builds.set(
                    PatchBudget(
                        versions: 3, rollbacks: 0, cpuSeconds: seconds, memory: memory, storagePercent: 100),
                    by: "an operator")
                try await fixture.enqueue(new, old)
                try await fixture.run(stoppingAfter: 1)
                return try await fixture.builds.patchBuild(from: old.version, to: new.version)?.terms
            }
            let quick = try await terms(1, memory: 80 << 20)
            #expect(quick?.level == "fast" && quick?.memory == 80 << 20)
            // Chunks are stored as they are here: what is allowed is the share of them that makes a patch worth it.
            #expect(quick?.mostBytes == Int64(0.95 * Double(64 << 10)))
            try await fixture.run()
            let thorough = try await terms(1000, memory: 64 << 20)
            #expect(thorough?.level == "standard" && thorough?.memory == 64 << 20)
        }
    }
}
