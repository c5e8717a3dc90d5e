/// Where a game is between idea and shop.
///
/// draft, rejected → pending_review → approved | rejected; pending_review → draft; approved, removed → published → removed.
/// Once published it never goes back to review: updates move the review of their version instead.
public enum GameStatus: String, StateMachine {
    case draft
    case pendingReview = "pending_review"
    case approved
    case rejected
    case published
    case removed

    public enum Event: String, CaseIterable, Hashable, Sendable {
        /// A version is handed in for review.
        case submit
        /// The company takes it back before the decision.
        case withdraw
        /// The platform's moderator says yes.
        case approve
        /// The platform's moderator says no, with a reason.
        case reject
        /// The company shows it, or points the shop at another approved version.
        case publish
        /// The company takes it off the shop; owners keep it.
        case unpublish
    }

    public static let subject = "game"

    public func next(on event: Event) -> GameStatus? {
        switch event {
        case .submit:
            switch self {
            case .draft, .rejected, .approved: .pendingReview
            case .published: .published
            case .pendingReview, .removed: nil
            }
        case .withdraw: self == .pendingReview ? .draft : nil
        case .approve:
            switch self {
            case .pendingReview: .approved
            case .published: .published
            case .draft, .approved, .rejected, .removed: nil
            }
        case .reject:
            switch self {
            case .pendingReview: .rejected
            case .published: .published
            case .draft, .approved, .rejected, .removed: nil
            }
        case .publish:
            switch self {
            case .approved, .removed, .published: .published
            case .draft, .pendingReview, .rejected: nil
            }
        case .unpublish: self == .published ? .removed : nil
        }
    }

    /// Whether the game may vanish: nobody ever bought it and nobody is judging it.
    public var isDeletable: Bool {
        switch self {
        case .draft, .rejected, .approved: true
        case .pendingReview, .published, .removed: false
        }
    }

    /// The event behind a client's wish to set the status.
    ///
    /// Only withdrawing is done by setting a status; everything else has a verb of its own.
    ///
    /// - Returns: nil when the game has that status already.
    public func event(settingTo requested: GameStatus) throws(InvalidTransition) -> Event? {
        if requested == self { return nil }
        if self == .pendingReview, requested == .draft { return .withdraw }
        throw InvalidTransition(
            subject: Self.subject, current: self.rawValue, requested: requested.rawValue,
            allowed: self == .pendingReview ? [GameStatus.draft.rawValue] : [])
    }
}
