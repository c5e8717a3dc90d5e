import BuildStore
import Content
import Postgres
import TestKit
import Testing

@Suite("What patches have cost")
struct PatchRunTests {
    private struct Pair {
        let old: VersionID
        let new: VersionID
        let build: Int64
    }

    /// A patch of two parts that may take ten seconds.
    private func begin(_ fixture: BuildFixture, plan: Int64 = 1, most: Duration? = .seconds(10)) async throws -> Pair {
        let (old, new) = (try await fixture.version("1.\(plan)"), try await fixture.version("2.\(plan)"))
        let build = try await fixture.builds.beginPatch(from: old, to: new, for: new, plan: plan, rank: 0)
        try await fixture.database.transaction { transaction in
            _ = try await fixture.builds.plan(
                build,
                by: .init(
                    level: "standard", memory: 1 << 26, mostBytes: 1000, mostTime: most,
                    cuts: [.init(file: 3, offset: 1 << 33)], shared: []),
                parts: (0..<2).map { PatchPart(number: $0, groups: $0..<$0 + 1, bytes: 5_000_000) }, in: transaction)
        }
        return Pair(old: old, new: new, build: build)
    }

    private func run(_ pair: Pair, _ fixture: BuildFixture, plan: Int64 = 1, attempt: Int = 1) async throws -> Int64 {
        try #require(
            try await fixture.builds.beginPatchRun(
                from: pair.old, to: pair.new, plan: plan, job: 7, attempt: attempt))
    }

    private func make(_ part: Int, of pair: Pair, _ fixture: BuildFixture) async throws {
        try await fixture.database.transaction { transaction in
            try await fixture.builds.record(
                PatchPart.Made(size: 1, digest: fixture.digest(1), description: []), part: part, of: pair.build,
                in: transaction)
        }
    }

    private func record(_ pair: Pair, _ fixture: BuildFixture) async throws {
        try await fixture.database.transaction { transaction in
            try await fixture.builds.record(
                patchFrom: pair.old, to: pair.new, state: .ready, objectKey: "k\(pair.build)",
                digest: fixture.digest(1), size: 2, chunkBytes: 9, rank: 0, summary: nil, in: transaction)
            try await fixture.builds.endPatchBuild(from: pair.old, to: pair.new, in: transaction)
        }
    }

    @Test(
        "an attempt counts once, however often it tells, late and out of order too; the one after it counts beside it")
    func once() async throws {
        try await BuildFixture.with { fixture in
            let pair = try await self.begin(fixture)
            let killed = try await self.run(pair, fixture)
            try await fixture.builds.tell(.seconds(2), of: killed)
            try await fixture.builds.tell(.seconds(2), of: killed)
            try await fixture.builds.tell(.seconds(1), of: killed)
            let next = try await self.run(pair, fixture, attempt: 2)
            try await fixture.builds.tell(.milliseconds(500), of: next)
            for _ in 0..<2 {
                try await fixture.database.transaction {
                    try await fixture.builds.end(next, spent: .seconds(3), in: $0)
                }
            }
            #expect(try await fixture.builds.patchTime(plan: 1) == .seconds(5))
            // A twin that was thought dead tells of itself alone, and truly took it.
            try await fixture.builds.tell(.milliseconds(2500), of: killed)
            #expect(try await fixture.builds.patchTime(plan: 1) == .milliseconds(5500))
            // A transaction that is undone has told nothing.
            struct Undone: Error {}
            await #expect(throws: Undone.self) {
                try await fixture.database.transaction { transaction in
                    try await fixture.builds.end(next, spent: .seconds(9), in: transaction)
                    throw Undone()
                }
            }
            #expect(try await fixture.builds.patchTime(plan: 1) == .milliseconds(5500))
            #expect(try await fixture.builds.patchTime(plan: 2) == .zero)
            let progress = try await fixture.builds.patchProgress(to: pair.new)[pair.old]
            #expect(progress?.spent == .milliseconds(5500) && progress?.mostTime == .seconds(10))
        }
    }

    @Test("a patch stops when all attempts together have taken more than it may, and only while parts are not made")
    func stops() async throws {
        try await BuildFixture.with { fixture in
            let pair = try await self.begin(fixture)
            for attempt in 1...2 {
                try await fixture.builds.tell(.seconds(5), of: try await self.run(pair, fixture, attempt: attempt))
            }
            #expect(try await fixture.builds.patchBuild(pair.build)?.state == .encoding)
            let third = try await self.run(pair, fixture, attempt: 3)
            try await fixture.builds.tell(.microseconds(1), of: third)
            let stopped = try await fixture.builds.patchBuild(pair.build)
            #expect(stopped?.state == .stopped && stopped?.stoppedFor == .processorTime)

            let whole = try await self.begin(fixture, plan: 2)
            for part in 0..<2 { try await self.make(part, of: whole, fixture) }
            try await fixture.builds.tell(.seconds(11), of: try await self.run(whole, fixture, plan: 2))
            #expect(try await fixture.builds.patchBuild(whole.build)?.state == .encoding)

            let free = try await self.begin(fixture, plan: 3, most: nil)
            try await fixture.builds.tell(.seconds(1 << 20), of: try await self.run(free, fixture, plan: 3))
            #expect(try await fixture.builds.patchBuild(free.build)?.state == .encoding)
        }
    }

    @Test("what a patch has cost stays with it, and tells what its level costs, as long as it is not old")
    func paces() async throws {
        try await BuildFixture.with { fixture in
            #expect(try await fixture.builds.patchPaces(of: ["standard"]).isEmpty)
            for plan in 1...25 as ClosedRange<Int64> {
                let pair = try await self.begin(fixture, plan: plan)
                try await fixture.builds.tell(.seconds(4), of: try await self.run(pair, fixture, plan: plan))
                try await self.make(1, of: pair, fixture)
                try await self.record(pair, fixture)
                let record = try await fixture.builds.patches(to: pair.new).first
                #expect(record?.spent == .seconds(4) && record?.level == "standard" && record?.reason == nil)
            }
            let paces = try await fixture.builds.patchPaces(of: ["standard", "fast"])
            #expect(paces == [PatchPace(level: "standard", bytes: 100_000_000, spent: .seconds(80))])
            #expect(try await fixture.builds.forgetPatchRuns(olderThan: .seconds(3600), limit: 100) == 0)
            #expect(try await fixture.builds.forgetPatchRuns(olderThan: .zero, limit: 20) == 20)
            #expect(try await fixture.builds.forgetPatchRuns(olderThan: .zero, limit: 20) == 5)
            #expect(try await fixture.builds.patchPaces(of: ["standard"]) == paces)
            try await fixture.database.execute("UPDATE patches SET created_at = now() - interval '91 days'")
            #expect(try await fixture.builds.patchPaces(of: ["standard"]).isEmpty)
        }
    }

    @Test("a version that is gone has nothing begun for it, and takes along what was told")
    func deleted() async throws {
        try await BuildFixture.with { fixture in
            let pair = try await self.begin(fixture)
            let run = try await self.run(pair, fixture)
            try await fixture.database.transaction { _ = try await fixture.builds.delete(pair.old, in: $0) }
            try await fixture.builds.tell(.seconds(1), of: run)
            #expect(try await fixture.builds.patchTime(plan: 1) == .zero)
            let none = try await fixture.builds.beginPatchRun(
                from: pair.old, to: pair.new, plan: 1, job: 7, attempt: 1)
            #expect(none == nil)
        }
    }
}
