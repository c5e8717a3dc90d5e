import Storefront
import Testing

@Suite("Rules of releases")
struct ReleaseRulesTests {
    static let reviews: [(ReviewStatus, ReviewStatus.Event, ReviewStatus)] = [
        (.notSubmitted, .submit, .inReview), (.rejected, .submit, .inReview), (.withdrawn, .submit, .inReview),
        (.inReview, .withdraw, .withdrawn), (.inReview, .approve, .approved), (.inReview, .reject, .rejected),
        (.approved, .publish, .live), (.live, .supersede, .superseded), (.superseded, .rollback, .live),
        (.approved, .recall, .recalled), (.live, .recall, .recalled), (.superseded, .recall, .recalled),
    ]

    @Test("6.5: a review moves along exactly the edges of its table")
    func reviewEdges() { StateMachineTests.check(Self.reviews) }

    static let media: [(MediaState, MediaState.Event, MediaState)] = [
        (.reserved, .complete, .uploaded), (.uploaded, .process, .processing), (.processing, .finish, .ready),
        (.uploaded, .fail, .failed), (.processing, .fail, .failed), (.reserved, .delete, .deleted),
        (.ready, .delete, .deleted), (.failed, .delete, .deleted),
    ]

    @Test("6.8: a media file moves along exactly the edges of its table")
    func mediaEdges() { StateMachineTests.check(Self.media) }

    static let promotions: [(PromotionState, PromotionState.Event, PromotionState)] = [
        (.scheduled, .start, .active), (.active, .end, .ended), (.scheduled, .cancel, .cancelled),
        (.active, .cancel, .cancelled),
    ]

    @Test("6.13: a promotion moves along exactly the edges of its table")
    func promotionEdges() { StateMachineTests.check(Self.promotions) }

    static let rollouts: [(RolloutState, RolloutState.Event, RolloutState)] = [
        (.rolling, .adjust, .rolling), (.rolling, .halt, .halted), (.rolling, .complete, .complete),
        (.halted, .adjust, .rolling), (.halted, .complete, .complete), (.complete, .adjust, .rolling),
    ]

    @Test("6.14: a rollout moves along exactly the edges of its table")
    func rolloutEdges() { StateMachineTests.check(Self.rollouts) }

    @Test("a decision means the same to the version and to the game")
    func decisions() {
        #expect(ReviewDecision.approved.version == .approve && ReviewDecision.approved.game == .approve)
        #expect(ReviewDecision.rejected.version == .reject && ReviewDecision.rejected.game == .reject)
        #expect(ReviewStatus.allCases.filter(\.isPublishable) == [.approved, .live, .superseded])
        #expect(ReviewStatus.allCases.filter(\.wasPublished) == [.live, .superseded, .recalled])
    }

    @Test("a rollout goes up and down, halts, and says what else would be possible")
    func rollout() throws {
        let ten = Rollout(beginningAt: 10)
        #expect(ten.state == .rolling && ten.percent == 10)
        #expect(try ten.moved(to: 50) == Rollout(state: .rolling, percent: 50))
        #expect(try ten.moved(to: 50).moved(to: 5).percent == 5)
        #expect(try ten.halted() == Rollout(state: .halted, percent: 10))
        #expect(try ten.halted().moved(to: 20) == Rollout(state: .rolling, percent: 20))
        #expect(try ten.halted().moved(to: 100).state == .complete)
        #expect(try Rollout(beginningAt: 100).moved(to: 100).state == .complete)
        #expect(try Rollout(beginningAt: 100).moved(to: 0) == Rollout(state: .rolling, percent: 0))
        #expect(
            throws: InvalidTransition(
                subject: "rollout", current: "complete", requested: "halt", allowed: ["adjust"])
        ) { try Rollout(beginningAt: 100).halted() }
    }

    @Test("more percent take the new version from nobody, and give it to about as many as they say")
    func shares() {
        let players = (0..<20_000).map { "player-\($0)" }
        var before: Set<String> = []
        for percent in [0, 1, 10, 50, 99, 100] {
            let rollout = Rollout(beginningAt: percent)
            let chosen = Set(players.filter { rollout.offersNewer(to: $0, seed: "v2", hasNewer: false) })
            #expect(before.isSubset(of: chosen))
            #expect(abs(chosen.count - players.count * percent / 100) <= 250, "\(percent): \(chosen.count)")
            before = chosen
        }
    }

    @Test("each version draws anew, so that the same players are not always the first")
    func seeds() {
        let players = (0..<20_000).map { "player-\($0)" }
        let rollout = Rollout(beginningAt: 10)
        let first = Set(players.filter { rollout.offersNewer(to: $0, seed: "v2", hasNewer: false) })
        let second = Set(players.filter { rollout.offersNewer(to: $0, seed: "v3", hasNewer: false) })
        #expect(abs(first.intersection(second).count - 200) <= 80)
    }

    @Test("a halt gives nothing to anybody new and takes nothing from who has it; strangers wait for the end")
    func halted() throws {
        let halted = try Rollout(beginningAt: 99).halted()
        #expect(!halted.offersNewer(to: "a", seed: "s", hasNewer: false))
        #expect(halted.offersNewer(to: "a", seed: "s", hasNewer: true))
        #expect(!Rollout(beginningAt: 99).offersNewer(to: nil, seed: "s", hasNewer: false))
        #expect(Rollout(beginningAt: 100).offersNewer(to: nil, seed: "s", hasNewer: false))
    }

    @Test("the hash is the one it has always been")
    func golden() {
        // FNV-1a of "" is its offset basis, finished by fmix64; computed once, with another program.
        #expect(StableHash.hash("") == 0xefd0_1f60_ba99_2926)
        #expect(StableHash.hash("a") == 0x82a2_a958_a9be_ce5b)
    }

    @Test("channels have names of small letters, digits and hyphens")
    func channelNames() {
        for name in ["public", "beta", "a", "qa-2", String(repeating: "a", count: 32)] {
            #expect(ChannelName(name)?.text == name)
        }
        for name in ["", "Public", "1st", "-a", "a b", "a/b", "бета", "a\u{0}", String(repeating: "a", count: 33)] {
            #expect(ChannelName(name) == nil, "\(name)")
        }
    }

    static func facts(_ change: (inout ReadinessFacts) -> Void = { _ in }) -> ReadinessFacts {
        var facts = ReadinessFacts(
            version: .init(state: .ready, isScanClean: true, changelogLength: 10), longestChangelog: 100)
        facts.isCompanyVerified = true
        facts.hasDescription = true
        facts.hasShortDescription = true
        facts.hasAgeRating = true
        facts.screenshots = 1
        facts.hasPrice = true
        change(&facts)
        return facts
    }

    @Test(
        "AMB-42: what the build lacks blocks; what the store page lacks is a warning, or blocks where rules are strict")
    func readiness() {
        #expect(Readiness(Self.facts(), profile: .strict).isReady)
        let bare = ReadinessFacts(
            version: .init(state: .ready, isScanClean: true, changelogLength: 0), longestChangelog: 100)
        let lenient = Readiness(bare, profile: .lenient), strict = Readiness(bare, profile: .strict)
        let gaps = [
            "company-not-verified", "description-missing", "short-description-missing", "age-rating-missing",
            "screenshots-missing", "price-missing",
        ]
        #expect(lenient.isReady && lenient.warnings.map(\.code) == gaps)
        #expect(!strict.isReady && strict.blocking.map(\.code) == gaps && !strict.isBuildBlocked)
        let failed = Readiness(
            Self.facts { $0.version = .init(state: .failed, isScanClean: false, changelogLength: 101) },
            profile: .lenient)
        #expect(failed.blocking.map(\.code) == ["version-not-ready", "changelog-too-long"] && failed.isBuildBlocked)
        let unclean = Readiness(
            Self.facts { $0.version = .init(state: .ready, isScanClean: false, changelogLength: 0) }, profile: .lenient)
        #expect(unclean.blocking.map(\.pointer) == ["/version/scan"])
        #expect(
            Readiness(Self.facts { $0.version = nil }, profile: .lenient).blocking.map(\.code) == ["version-missing"])
    }
}
