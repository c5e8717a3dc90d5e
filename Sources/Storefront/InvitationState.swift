/// What became of an invitation into a team.
///
/// pending → accepted | declined | revoked | expired; all but pending are final.
public enum InvitationState: String, StateMachine {
    case pending
    case accepted
    case declined
    case revoked
    case expired

    public enum Event: String, CaseIterable, Hashable, Sendable {
        /// The person who has the token joins.
        case accept
        /// The person who has the token does not want to.
        case decline
        /// The company takes it back.
        case revoke
        /// The company sends it once more, with a new token and new time.
        case resend
        /// Its time is over.
        case expire
    }

    public static let subject = "invitation"

    public func next(on event: Event) -> InvitationState? {
        switch event {
        case .accept: self == .pending ? .accepted : nil
        case .decline: self == .pending ? .declined : nil
        case .revoke: self == .pending ? .revoked : nil
        case .resend: self == .pending ? .pending : nil
        case .expire: self == .pending ? .expired : nil
        }
    }
}
