import Storefront
import Testing

@Suite("State machines")
struct StateMachineTests {
    static let games: [(GameStatus, GameStatus.Event, GameStatus)] = [
        (.draft, .submit, .pendingReview), (.rejected, .submit, .pendingReview), (.approved, .submit, .pendingReview),
        (.published, .submit, .published), (.pendingReview, .withdraw, .draft), (.pendingReview, .approve, .approved),
        (.pendingReview, .reject, .rejected), (.published, .approve, .published), (.published, .reject, .published),
        (.approved, .publish, .published), (.removed, .publish, .published), (.published, .publish, .published),
        (.published, .unpublish, .removed),
    ]

    @Test("a game moves along exactly the edges of its table")
    func gameEdges() { Self.check(Self.games) }

    static let versions: [(VersionState, VersionState.Event, VersionState)] = [
        (.uploading, .complete, .uploaded), (.uploading, .abort, .failed), (.uploaded, .process, .processing),
        (.processing, .finish, .ready), (.processing, .fail, .failed), (.uploaded, .fail, .failed),
        (.failed, .retry, .uploaded), (.failed, .reopen, .uploading),
    ]

    @Test("a version moves along exactly the edges of its table")
    func versionEdges() { Self.check(Self.versions) }

    static let companies: [(CompanyVerification, CompanyVerification.Event, CompanyVerification)] = [
        (.pending, .verify, .verified), (.pending, .reject, .rejected), (.rejected, .resubmit, .pending),
        (.verified, .changeIdentity, .pending),
    ]

    @Test("a company moves along exactly the edges of its table")
    func companyEdges() { Self.check(Self.companies) }

    static func check<State: StateMachine>(_ edges: [(State, State.Event, State)]) {
        for state in State.allCases {
            for event in State.Event.allCases {
                let expected = edges.first { $0.0 == state && $0.1 == event }?.2
                #expect(state.next(on: event) == expected, "\(state) on \(event)")
            }
        }
    }

    @Test("a refusal says where the thing is and what would be possible")
    func refusal() {
        #expect(
            throws: InvalidTransition(
                subject: "game", current: "draft", requested: "publish", allowed: ["submit"])
        ) { try GameStatus.draft.applying(.publish) }
    }

    @Test("a game may vanish while nobody ever bought it and nobody judges it")
    func deletable() {
        #expect(GameStatus.allCases.filter(\.isDeletable) == [.draft, .approved, .rejected])
    }

    @Test("setting a game's status does nothing but withdraw it")
    func settingGame() throws {
        for current in GameStatus.allCases {
            for requested in GameStatus.allCases {
                switch (current, requested) {
                case (.pendingReview, .draft):
                    #expect(try current.event(settingTo: requested) == .withdraw)
                case _ where current == requested:
                    #expect(try current.event(settingTo: requested) == nil)
                default:
                    #expect(throws: InvalidTransition.self) { try current.event(settingTo: requested) }
                }
            }
        }
    }

    @Test("a client completes or aborts an upload and may say so again later")
    func settingVersion() throws {
        let possible: [(VersionState, VersionState, VersionState.Event?)] = [
            (.uploading, .uploaded, .complete), (.uploading, .failed, .abort), (.uploaded, .uploaded, nil),
            (.processing, .uploaded, nil), (.ready, .uploaded, nil), (.failed, .failed, nil),
        ]
        for current in VersionState.allCases {
            for requested in VersionState.allCases {
                if let edge = possible.first(where: { $0.0 == current && $0.1 == requested }) {
                    #expect(try current.event(settingTo: requested) == edge.2)
                } else {
                    #expect(throws: InvalidTransition.self) { try current.event(settingTo: requested) }
                }
            }
        }
    }

    @Test("the refusal of a status names the statuses a client may set")
    func settingVersionRefusal() {
        #expect(
            throws: InvalidTransition(
                subject: "version", current: "uploading", requested: "ready", allowed: ["uploaded", "failed"])
        ) { try VersionState.uploading.event(settingTo: .ready) }
    }
}
