import BuildStore
import Content
import FoundationEssentials
import Games
import Postgres
import Releases
import Storefront
import Testing

@Suite("Releases")
struct ReleasesTests {
    @Test("PB-5: however many publish at once, the game is published once and everybody is told once")
    func publishRace() async throws {
        try await ReleaseFixture.with { fixture in
            _ = try await fixture.approved("1")
            let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        if case .published = try await fixture.publish() { return true }
                        return false
                    }
                }
                return try await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 }.count == 1)
            let events = try await fixture.events()
            #expect(events.filter { $0 == "game.published" }.count == 1)
            #expect(events.filter { $0 == "channel.changed" }.count == 1)
        }
    }

    @Test("PB-4: of two contrary decisions at once exactly one holds", arguments: 0..<4)
    func decisionRace(round: Int) async throws {
        try await ReleaseFixture.with { fixture in
            let version = try await fixture.version("1")
            let review = try await fixture.submit(version)
            let outcomes = await withTaskGroup(of: ReviewStatus?.self) { group in
                for index in 0..<6 {
                    group.addTask {
                        let decision: ReviewDecision = (index + round).isMultiple(of: 2) ? .approved : .rejected
                        return try? await fixture.releases.decide(
                            review.id, decision, reason: "r", by: .platform("m"))?.state
                    }
                }
                return await group.reduce(into: [ReviewStatus?]()) { $0.append($1) }
            }
            let winners = Set(outcomes.compactMap { $0 })
            #expect(winners.count == 1 && outcomes.filter { $0 == nil }.count == 3)
            #expect(try await fixture.events().filter { $0 == "review.decided" }.count == 1)
            #expect(try await fixture.status()?.rawValue == winners.first?.rawValue)
        }
    }

    @Test("a submission and a deletion at once: the version is judged or gone, never both", arguments: 0..<4)
    func deletionRace(round: Int) async throws {
        try await ReleaseFixture.with { fixture in
            let version = try await fixture.version("1")
            async let submitted = try? fixture.releases.submit(
                version, of: fixture.game, developer: fixture.developer, note: nil, maximumUpdate: nil,
                by: fixture.actor)
            if round.isMultiple(of: 2) { try await Task.sleep(for: .milliseconds(round)) }
            async let deleted = try? fixture.releases.delete(
                version, of: fixture.game, developer: fixture.developer, collecting: { _ in })
            let (review, isGone) = (await submitted, await deleted ?? false)
            #expect((review != nil) != isGone)
            #expect(try await fixture.status() == (isGone ? .draft : .pendingReview))
        }
    }

    @Test("updates of a published game are judged side by side, and each moves only its own version")
    func parallelReviews() async throws {
        try await ReleaseFixture.with { fixture in
            _ = try await fixture.approved("1")
            _ = try await fixture.publish()
            let (two, three) = (try await fixture.version("2"), try await fixture.version("3"))
            let (second, third) = (try await fixture.submit(two), try await fixture.submit(three))
            _ = try await fixture.releases.decide(third.id, .approved, reason: nil, by: .platform("m"))
            _ = try await fixture.releases.decide(second.id, .rejected, reason: "no", by: .platform("m"))
            #expect(try await fixture.review(of: two) == "rejected")
            #expect(try await fixture.review(of: three) == "approved")
            #expect(try await fixture.status() == .published)
            guard case .published(_, let channel) = try await fixture.publish() else {
                Issue.record("not published")
                return
            }
            #expect(channel.version == three)
        }
    }

    @Test("6.3: a second version of a game that was never published waits for the decision on the first")
    func oneAtATime() async throws {
        try await ReleaseFixture.with { fixture in
            let (one, two) = (try await fixture.version("1"), try await fixture.version("2"))
            let review = try await fixture.submit(one)
            await #expect(
                throws: InvalidTransition(
                    subject: "game", current: "pending_review", requested: "submit",
                    allowed: ["withdraw", "approve", "reject"])
            ) { try await fixture.submit(two) }
            _ = try await fixture.releases.decide(review.id, .approved, reason: nil, by: .platform("m"))
            _ = try await fixture.submit(two)
            #expect(try await fixture.status() == .pendingReview)
        }
    }

    @Test("a rollout over a rollout keeps what everybody had, and drops what was half way")
    func overtaken() async throws {
        try await ReleaseFixture.with { fixture in
            let one = try await fixture.approved("1")
            _ = try await fixture.publish()
            let two = try await fixture.approved("2")
            _ = try await fixture.publish(PublicationRequest(percent: 20))
            let three = try await fixture.approved("3")
            guard case .published(_, let channel) = try await fixture.publish(PublicationRequest(percent: 10)) else {
                Issue.record("not published")
                return
            }
            #expect(channel.version == three && channel.previous == one && channel.rollout.percent == 10)
            #expect(try await fixture.review(of: one) == "live")
            #expect(try await fixture.review(of: two) == "superseded")
            #expect(try await fixture.review(of: three) == "live")
        }
    }

    @Test("updates from a version are asked for when it goes live or comes back, and not while it stays so")
    func updates() async throws {
        try await ReleaseFixture.with { fixture in
            let one = try await fixture.approved("1")
            #expect(fixture.updates.all.isEmpty)
            _ = try await fixture.publish()
            #expect(fixture.updates.all == [one])
            let two = try await fixture.approved("2")
            _ = try await fixture.publish(PublicationRequest(percent: 20))
            #expect(fixture.updates.all == [one, two])
            _ = try await fixture.releases.roll(
                .public, to: 100, of: fixture.game, developer: fixture.developer, ifRevision: nil, by: fixture.actor)
            #expect(fixture.updates.all == [one, two])
            _ = try await fixture.releases.rollBack(
                .public, to: nil, of: fixture.game, developer: fixture.developer, reason: nil, by: fixture.actor)
            #expect(fixture.updates.all == [one, two, one])
        }
    }

    @Test("the first version of a channel goes to everybody: there is nothing else to give")
    func firstIsWhole() async throws {
        try await ReleaseFixture.with { fixture in
            _ = try await fixture.approved("1")
            guard case .published(_, let channel) = try await fixture.publish(PublicationRequest(percent: 5)) else {
                Issue.record("not published")
                return
            }
            #expect(channel.rollout == Rollout(state: .complete, percent: 100) && channel.previous == nil)
            await #expect(throws: ReleasesError.nothingToRollBackTo) {
                try await fixture.releases.roll(
                    .public, to: 50, of: fixture.game, developer: fixture.developer, ifRevision: nil, by: fixture.actor)
            }
            await #expect(throws: ReleasesError.nothingToRollBackTo) {
                try await fixture.releases.rollBack(
                    .public, to: nil, of: fixture.game, developer: fixture.developer, reason: nil, by: fixture.actor)
            }
        }
    }

    @Test("AMB-22: a publication is carried out when its time has come, once, and not before")
    func scheduled() async throws {
        try await ReleaseFixture.with { fixture in
            let one = try await fixture.approved("1")
            let moment = Date(timeIntervalSinceNow: 3600)
            guard case .scheduled(_, let waiting) = try await fixture.publish(PublicationRequest(at: moment)) else {
                Issue.record("not scheduled")
                return
            }
            let asked = try #require(fixture.delays.all.first)
            #expect(asked.0 == waiting.id && asked.1 > .seconds(3590) && asked.1 <= .seconds(3600))
            #expect(try await fixture.releases.publishDue(waiting.id) != nil)
            #expect(try await fixture.status() == .approved)
            try await fixture.database.execute("UPDATE publications SET publish_at = now()")
            for _ in 0..<2 { #expect(try await fixture.releases.publishDue(waiting.id) == nil) }
            #expect(try await fixture.status() == .published)
            #expect(try await fixture.review(of: one) == "live")
            #expect(try await fixture.events().filter { $0 == "game.published" }.count == 1)
            let state = try await fixture.database.row("SELECT state FROM publications")
            #expect(try state?("state") == "done")
        }
    }

    @Test("a publication that the rules no longer allow fails, and the company hears why")
    func scheduledInVain() async throws {
        try await ReleaseFixture.with { fixture in
            let one = try await fixture.approved("1")
            guard
                case .scheduled(_, let waiting) = try await fixture.publish(
                    PublicationRequest(at: Date(timeIntervalSinceNow: 3600)))
            else {
                Issue.record("not scheduled")
                return
            }
            _ = try await fixture.releases.recall(one, reason: "malware", by: .platform("m"))
            try await fixture.database.execute("UPDATE publications SET publish_at = now()")
            #expect(try await fixture.releases.publishDue(waiting.id) == nil)
            let row = try await fixture.database.row("SELECT state, reason FROM publications")
            #expect(try row?("state") == "failed" && row?("reason") == "the review is recalled")
            #expect(try await fixture.events().last == "publication.failed")
            #expect(try await fixture.status() == .approved)
        }
    }

    @Test("versions that failed long ago go with what they left; fresh ones and those that were opened again stay")
    func retention() async throws {
        try await ReleaseFixture.with { fixture in
            let (old, fresh) = (try await fixture.version("old"), try await fixture.version("fresh"))
            try await fixture.database.execute("UPDATE game_versions SET status = 'failed', finished_at = now()")
            try await fixture.database.execute(
                "UPDATE game_versions SET finished_at = now() - interval '8 days' WHERE version_id = \(old)")
            let deleted = try await fixture.releases.deleteFailed(
                olderThan: .seconds(7 * 86_400), limit: 10, collecting: { _ in })
            #expect(deleted == 1)
            let left: [VersionID] = try await fixture.database.rows("SELECT version_id FROM game_versions").map {
                try $0("version_id")
            }
            #expect(left == [fresh])
            let keys: [String] = try await fixture.database.rows("SELECT object_key FROM garbage_objects").map {
                try $0("object_key")
            }
            #expect(keys == ["manifests/\(old)"])
        }
    }
}
