import Storefront
import Testing

@Suite("Invitations, documents and what people are told")
struct CompanyLifeTests {
    @Test("6.2: an invitation that was answered, taken back or is over stays so", arguments: InvitationState.allCases)
    func invitations(state: InvitationState) {
        let expected: [InvitationState.Event: InvitationState] =
            state == .pending
            ? [.accept: .accepted, .decline: .declined, .revoke: .revoked, .resend: .pending, .expire: .expired] : [:]
        for event in InvitationState.Event.allCases { #expect(state.next(on: event) == expected[event]) }
    }

    @Test("a document is looked at once", arguments: DocumentState.allCases)
    func documents(state: DocumentState) {
        let expected: [DocumentState.Event: DocumentState] =
            switch state {
            case .uploading: [.complete: .scanning]
            case .scanning: [.pass: .ready, .refuse: .rejected]
            case .ready, .rejected: [:]
            }
        for event in DocumentState.Event.allCases { #expect(state.next(on: event) == expected[event]) }
    }

    @Test("a format is known by what a file begins with")
    func formats() {
        #expect(DocumentFormat.pdf.matches(Array("%PDF-1.4".utf8)) && !DocumentFormat.pdf.matches(Array("PDF".utf8)))
        #expect(DocumentFormat.png.matches([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]))
        #expect(DocumentFormat.jpeg.matches([0xff, 0xd8, 0xff, 0xe0]) && !DocumentFormat.jpeg.matches([]))
    }

    @Test("NT-1: every trigger of the requirements is told, and only to roles that may see what it is about")
    func triggers() {
        let policy = RolePolicy(profile: .literal)
        for event in [
            "review.decided", "player_review.created", "payout.threshold_reached", "payout.completed",
            "payout.failed", "payment_settings.changed", "sdk.released", "company.verified", "version.recalled",
        ] {
            #expect(NotificationTopic.rule(for: event) != nil, "\(event)")
        }
        for event in ["payout.completed", "payout.threshold_reached", "payment_settings.changed"] {
            for role in NotificationTopic.rule(for: event)?.roles ?? [] {
                #expect(policy.permissions(of: role).contains(.financeRead), "\(event) \(role)")
            }
        }
        #expect(NotificationTopic.rule(for: "version.ready") == nil)
    }

    @Test("versions of the SDK are ordered by their numbers, not by their text")
    func versions() throws {
        let texts = ["1.10.0", "1.9.9", "0.0.1", "2.0.0"]
        let sorted = texts.compactMap { SDKVersion($0) }.sorted().map(\.description)
        #expect(sorted == ["0.0.1", "1.9.9", "1.10.0", "2.0.0"])
        for text in ["", "1", "1.2", "1.2.3.4", "1.02.3", "1.2.x", "1.2.-3", "1..3", "1.2.3000000"] {
            #expect(SDKVersion(text) == nil, "\(text)")
        }
    }
}
