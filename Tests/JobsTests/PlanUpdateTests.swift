import BuildStore
import Content
import JobLifecycle
import JobQueue
import Postgres
import Testing

@testable import Jobs

@Suite("Updates from what has gone live")
struct PlanUpdateTests {
    private static let kinds = ["plan-update", "plan-patch", "encode-patch", "assemble-patch", "explain-update"]

    /// The next release, and a correction of the last one that came after it.
    private func builds(
        _ fixture: PatchFixture
    ) async throws -> (next: PatchFixture.Build, correction: PatchFixture.Build) {
        let data =
            [UInt8](repeating: 7, count: 300_000) + (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
        let next = try await fixture.publish("2.0", ["data": data + [1, 2, 3]])
        let correction = try await fixture.publish("1.1", ["data": data])
        try await fixture.shop.database.execute(
            "UPDATE game_versions SET created_at = created_at - interval '1 day' WHERE version_id = \(next.version)")
        return (next, correction)
    }

    private func isMade(_ fixture: PatchFixture, from old: PatchFixture.Build, to new: PatchFixture.Build) async throws
        -> Bool
    {
        try await fixture.patch(from: old, to: new)?.bytes == fixture.whole(from: old, to: new)
    }

    @Test(
        "a version that waits for its day gets its patch from a correction that goes live meanwhile, and one back",
        arguments: ["in_review", "approved"])
    func correction(review: String) async throws {
        try await PatchFixture.with { fixture in
            let (next, correction) = try await self.builds(fixture)
            try await fixture.shop.database.execute(
                "UPDATE game_versions SET review_status = \(review) WHERE version_id = \(next.version)")
            // Given to two channels at a time, or taken back and given again, it is planned once.
            for _ in 0..<2 { try await fixture.goLive(correction) }
            let ran = try await fixture.run()
            #expect(ran.filter { $0 == "plan-update" }.count == 1 && ran.filter { $0 == "plan-patch" }.count == 2)
            #expect(ran.first == "plan-update" && Set(ran).isSuperset(of: Self.kinds), "\(ran)")
            #expect(try await self.isMade(fixture, from: correction, to: next))
            #expect(try await self.isMade(fixture, from: next, to: correction))
            // Told again, as after a roll-back, there is nothing left to do.
            try await fixture.goLive(correction)
            #expect(try await fixture.run().isEmpty)
        }
    }

    @Test("a draft that was overtaken gets no patch, and what its update would cost is told all the same")
    func overtaken() async throws {
        try await PatchFixture.with { fixture in
            let (next, correction) = try await self.builds(fixture)
            try await fixture.goLive(correction)
            #expect(try await Set(fixture.run()) == ["plan-update", "preview-update", "explain-update"])
            let preview = try await fixture.builds.preview(
                from: correction.version, to: next.version, in: fixture.shop.database)
            #expect(preview != nil)
            #expect(try await fixture.patch(from: correction, to: next)?.bytes == nil)
        }
    }

    @Test("nothing is planned to what was live, was refused or has failed, nor by a budget of no versions")
    func others() async throws {
        try await PatchFixture.with { fixture in
            var fixture = fixture
            fixture.policy.versions = 0
            let (next, correction) = try await self.builds(fixture)
            for review in ["live", "superseded", "rejected", "withdrawn", "recalled"] {
                try await fixture.shop.database.execute(
                    "UPDATE game_versions SET review_status = \(review) WHERE version_id = \(next.version)")
                try await fixture.goLive(correction)
                #expect(try await fixture.run().isEmpty, "\(review)")
            }
            try await fixture.shop.database.execute(
                "UPDATE game_versions SET review_status = 'approved' WHERE version_id = \(next.version)")
            try await fixture.goLive(correction)
            #expect(try await Set(fixture.run()) == ["plan-update", "preview-update", "explain-update"])
        }
    }

    @Test("a version that is processed is waited for; once it has failed there is nothing to wait for")
    func processing() async throws {
        try await PatchFixture.with { fixture in
            let (next, correction) = try await self.builds(fixture)
            let handler = PlanUpdateHandler(pipeline: fixture.pipeline, patches: fixture.policy)
            let work = PlanUpdate(version: next.version, other: correction.version, place: 0)
            let attempt = Attempt(job: JobID(rawValue: 1), number: 1, maxAttempts: 1, scope: nil, developer: nil)
            func outcome(_ status: String) async throws -> Outcome {
                try await fixture.shop.database.execute(
                    "UPDATE game_versions SET status = \(status) WHERE version_id = \(next.version)")
                return try await handler.perform(work, attempt: attempt)
            }
            guard case .snoozed = try await outcome("processing") else {
                Issue.record("it does not wait")
                return
            }
            guard case .completed(nil) = try await outcome("failed") else {
                Issue.record("it plans what cannot be")
                return
            }
        }
    }
}
