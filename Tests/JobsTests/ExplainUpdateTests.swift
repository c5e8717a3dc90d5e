import BuildStore
import Content
import Fuzzing
import JobLifecycle
import ObjectStore
import Staging
import TestKit
import Testing

@testable import Jobs

@Suite("Why an update costs what it costs")
struct ExplainUpdateTests {
    /// Small parts, which the packer puts in another order: no chunk is as it was, and nearly all bytes are there.
    private static let packs: (old: [UInt8], new: [UInt8]) = {
        var random = SeededGenerator(seed: 17)
        let parts = (0..<400).map { _ in (0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) } }
        return (Array(parts.joined()), Array(parts.shuffled(using: &random).joined()))
    }()

    /// With as much memory as a worker has where nobody says otherwise.
    private func with(_ body: (PatchFixture) async throws -> Void) async throws {
        try await PatchFixture.with { fixture in
            var fixture = fixture
            fixture.policy.memory = .mebibytes(256)
            try await body(fixture)
        }
    }

    private func pair(
        _ fixture: PatchFixture, isStaged: Bool
    ) async throws -> (old: PatchFixture.Build, new: PatchFixture.Build) {
        (
            try await fixture.publish("1.0", ["data.pak": Self.packs.old, "small": [1]]),
            try await fixture.publish("2.0", ["data.pak": Self.packs.new, "small": [2]], isStaged: isStaged)
        )
    }

    private func preview(
        _ pair: (old: PatchFixture.Build, new: PatchFixture.Build), _ fixture: PatchFixture
    ) async throws -> UpdatePreview? {
        try await fixture.builds.preview(
            from: pair.old.version, to: pair.new.version, in: fixture.shop.database)
    }

    private func reasons(_ preview: UpdatePreview?) -> [String]? {
        preview?.files.first { $0.path == "data.pak" }?.reasons
    }

    @Test(
        "what chunks take for new content is seen to be a reshuffle, before and after the patch is made",
        arguments: [true, false])
    func looks(isStaged: Bool) async throws {
        try await self.with { fixture in
            let pair = try await self.pair(fixture, isStaged: isStaged)
            try await fixture.enqueue(pair.new, pair.old)
            try await fixture.run()
            let coarse = try await self.preview(pair, fixture)
            #expect(coarse?.isLookedInto == false)
            #expect(self.reasons(coarse)?.contains("reshuffled") == false)
            try await fixture.enqueueExplanation(pair.new, pair.old)
            #expect(try await fixture.run() == ["explain-update"])
            let fine = try await self.preview(pair, fixture)
            #expect(fine?.isLookedInto == true && self.reasons(fine) == ["reshuffled"])
            // All else is as it was told.
            #expect(fine?.updateBytes == coarse?.updateBytes && fine?.patchBytes == coarse?.patchBytes)
            #expect(fine?.files.map(\.ranges) == coarse?.files.map(\.ranges))
            try await fixture.enqueue(pair.new, pair.old)
            try await fixture.run()
            #expect(self.reasons(try await self.preview(pair, fixture)) == ["reshuffled"])
        }
    }

    @Test("told before anything else is, it is no patch and no preview, and is there when these come")
    func early() async throws {
        try await self.with { fixture in
            let pair = try await self.pair(fixture, isStaged: true)
            try await fixture.enqueueExplanation(pair.new, pair.old)
            try await fixture.run()
            #expect(try await self.preview(pair, fixture) == nil)
            #expect(try await fixture.builds.patches(to: pair.new.version).isEmpty)
            try await fixture.enqueue(pair.new, pair.old)
            try await fixture.run()
            #expect(self.reasons(try await self.preview(pair, fixture)) == ["reshuffled"])
        }
    }

    @Test("it begins no file once it has taken what a patch may, and what chunks told stays")
    func budget() async throws {
        try await PatchFixture.with { fixture in
            var fixture = fixture
            fixture.takes = { $0 == ExplainUpdate.kind ? .seconds(11) : .zero }
            let budget = PatchBudget(versions: 1, rollbacks: 0, cpuSeconds: 10, memory: 64 << 20, storagePercent: 1000)
            try await fixture.builds.set(budget, by: "an operator")
            let pair = try await self.pair(fixture, isStaged: true)
            try await fixture.enqueue(pair.new, pair.old)
            try await fixture.enqueueExplanation(pair.new, pair.old)
            try await fixture.run()
            let preview = try await self.preview(pair, fixture)
            #expect(self.reasons(preview)?.contains("rewritten") == true && preview?.isLookedInto == false)
        }
    }

    @Test("killed at any call to the store, it is done again, and its files go")
    func killed() async throws {
        try await self.with { fixture in
            let pair = try await self.pair(fixture, isStaged: false)
            var interrupted = 0
            for step in 0..<20 {
                let dying = DyingStore(fixture.shop.store, dyingAt: step, carriedOut: true)
                try await fixture.enqueueExplanation(pair.new, pair.old)
                try await fixture.run(over: dying)
                if dying.count > step { interrupted += 1 }
                try await fixture.run()
                #expect(try fixture.stagings[0].scratches(prefix: "") == [], "step \(step)")
                if dying.count <= step { break }
            }
            #expect(interrupted > 2)
            // One that a power cut left goes with the next that runs here.
            _ = try fixture.stagings[0].scratch("explain-1").create("old-0")
            try await fixture.enqueueExplanation(pair.new, pair.old)
            try await fixture.run()
            #expect(try fixture.stagings[0].scratches(prefix: "") == [])
        }
    }
}
