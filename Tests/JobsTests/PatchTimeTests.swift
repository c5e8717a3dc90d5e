import BuildStore
import Content
import FoundationEssentials
import Fuzzing
import JobLifecycle
import Patching
import Postgres
import TestKit
import Testing

@testable import Jobs

@Suite("The processor time of patches")
struct PatchTimeTests {
    /// Four files, each a group and so a part; edited.
    private static let old = Dictionary(
        uniqueKeysWithValues: (0..<4).map { number in
            var random = SeededGenerator(seed: UInt64(number) + 300)
            return ("data\(number).pak", (0..<600_000).map { _ in UInt8.random(in: 0...255, using: &random) })
        })
    private static let new = Self.old.mapValues { bytes in
        var bytes = bytes
        for place in stride(from: 1000, to: bytes.count, by: 50_000) { bytes[place] &+= 1 }
        return bytes
    }

    private func pair(_ fixture: PatchFixture) async throws -> (old: PatchFixture.Build, new: PatchFixture.Build) {
        (try await fixture.publish("1.0", Self.old), try await fixture.publish("2.0", Self.new, isStaged: true))
    }

    private func set(_ seconds: Int64, _ fixture: PatchFixture) async throws {
        try await fixture.builds.set(
            PatchBudget(versions: 3, rollbacks: 1, cpuSeconds: seconds, memory: 64 << 20, storagePercent: 1000),
            by: "an operator")
    }

    private func runs(_ fixture: PatchFixture) async throws -> Int64 {
        try await fixture.shop.database.row("SELECT count(*) AS n FROM patch_runs")?("n") ?? 0
    }

    @Test("a patch has cost what all attempts at all its jobs took, killed ones included, each once")
    func killed() async throws {
        try await PatchFixture.with { fixture in
            var fixture = fixture
            fixture.takes = { kind in
                switch kind {
                case PlanPatch.kind: .seconds(1)
                case EncodePatch.kind: .seconds(10)
                default: .seconds(100)
                }
            }
            let (old, new) = try await self.pair(fixture)
            // Without a kill: one plan, four parts, one whole.
            try await fixture.enqueue(new, old)
            try await fixture.run()
            #expect(try await fixture.patch(from: old, to: new)?.record.spent == .seconds(141))
            for step in stride(from: 0, to: 60, by: 3) {
                let before = try await self.runs(fixture)
                try await fixture.enqueue(new, old)
                let dying = DyingStore(fixture.shop.store, dyingAt: step, carriedOut: step.isMultiple(of: 2))
                let first = try await fixture.run(over: dying)
                let rest = try await fixture.run()
                let record = try #require(try await fixture.patch(from: old, to: new)?.record)
                #expect(record.state == .ready, "step \(step)")
                // One attempt more than jobs where one was killed; of which kind, the sum tells.
                let killed = dying.count > step ? 1 : 0
                #expect(try await self.runs(fixture) - before == Int64(6 + killed), "step \(step)")
                #expect(first.count + rest.count == 6)
                let excess = (record.spent ?? .zero) - .seconds(141)
                #expect(
                    killed == 0 ? excess == .zero : [.seconds(1), .seconds(10), .seconds(100)].contains(excess),
                    "step \(step): \(excess)")
                if killed == 0 { break }
            }
        }
    }

    @Test("a patch that has taken all that it may is stopped before its next part, and the reason is told")
    func stopped() async throws {
        try await PatchFixture.with { fixture in
            var fixture = fixture
            fixture.takes = { $0 == EncodePatch.kind ? .seconds(3) : .zero }
            try await self.set(7, fixture)
            let (old, new) = try await self.pair(fixture)
            try await fixture.enqueue(new, old)
            let jobs = try await fixture.run()
            #expect(jobs == ["plan-patch"] + [String](repeating: "encode-patch", count: 4) + ["assemble-patch"])
            let patch = try #require(try await fixture.patch(from: old, to: new))
            #expect(patch.record.state == .notWorthIt && patch.record.reason == .processorTime && patch.bytes == nil)
            #expect(patch.record.spent == .seconds(12))
            // The third finds that there is no time left; the fourth does not look.
            let made = try await fixture.shop.database.row("SELECT made_bytes FROM patches")
            #expect(try made?("made_bytes") == Int64(1_200_000))
            #expect(try await fixture.remains() == [])
        }
    }

    @Test("a patch that is over its time with the last part is kept: nothing is saved by throwing it away")
    func barely() async throws {
        try await PatchFixture.with { fixture in
            var fixture = fixture
            fixture.takes = { $0 == AssemblePatch.kind ? .seconds(50) : .seconds(2) }
            try await self.set(10, fixture)
            let (old, new) = try await self.pair(fixture)
            try await fixture.enqueue(new, old)
            try await fixture.run()
            let patch = try #require(try await fixture.patch(from: old, to: new))
            #expect(patch.record.state == .ready && patch.record.spent == .seconds(60))
            #expect(try patch.bytes == fixture.whole(from: old, to: new))
        }
    }

    @Test("what attempts at the plan took that were killed is not there to be spent again")
    func plannedTwice() async throws {
        try await PatchFixture.with { fixture in
            var fixture = fixture
            fixture.takes = { $0 == PlanPatch.kind ? .seconds(5) : .zero }
            try await self.set(4, fixture)
            let (old, new) = try await self.pair(fixture)
            try await fixture.enqueue(new, old)
            try await fixture.run(over: DyingStore(fixture.shop.store, dyingAt: 0, carriedOut: false))
            #expect(try await fixture.run() == ["plan-patch", "assemble-patch"])
            let record = try await fixture.patch(from: old, to: new)?.record
            #expect(record?.state == .notWorthIt && record?.reason == .processorTime)
            #expect(record?.spent == .seconds(10) && record?.level == nil)
            #expect(try await fixture.remains() == [])
        }
    }

    @Test("the next patch is planned by what the latest have taken")
    func calibrated() async throws {
        try await PatchFixture.with { fixture in
            var fixture = fixture
            fixture.policy.level = .standard
            let (old, new) = try await self.pair(fixture)
            func level(_ seconds: Int64, takes: Duration) async throws -> String? {
                try await self.set(seconds, fixture)
                fixture.takes = { $0 == EncodePatch.kind ? takes : .zero }
                try await fixture.enqueue(new, old)
                try await fixture.run()
                return try await fixture.patch(from: old, to: new)?.record.level
            }
            #expect(try await level(1000, takes: .seconds(200)) == "standard")
            // 800 seconds for 2.4 MB: far more than was expected.
            #expect(try await level(20, takes: .zero) == "fast")
        }
    }
}
