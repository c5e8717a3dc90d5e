/// Why a change to a company or its team was refused.
///
/// The caller must do something else.
public enum AccountsError: Error, Equatable, Sendable {
    /// The company would have no administrator left.
    case lastAdmin
    /// Somebody changed it since the caller read it; `current` is the revision now.
    case stale(current: Int64)
    /// The person is in the company already.
    case alreadyMember
    /// An invitation of this address waits for an answer; resend or revoke it.
    case alreadyInvited(InvitationID)
    /// So many wait for an answer.
    case tooManyInvitations(limit: Int)
    /// The invitation's time is over; the company can send another.
    case invitationExpired
    /// The company has so many documents; delete some.
    case tooManyDocuments(limit: Int)
}
