/// What the platform's moderation says of a version.
///
/// not_submitted, rejected, withdrawn → in_review → approved | rejected | withdrawn; approved → live → superseded → live;
/// approved, live, superseded → recalled.
///
/// A version is judged once: what was approved needs no second look to come back (6.5). What was refused may be handed in
/// again, because the store page may have been the reason.
public enum ReviewStatus: String, StateMachine {
    case notSubmitted = "not_submitted"
    case inReview = "in_review"
    case approved
    case rejected
    case withdrawn
    /// A channel points at it.
    case live
    /// A channel pointed at it once.
    case superseded
    /// Nobody gets it any more, for ever.
    case recalled

    public enum Event: String, CaseIterable, Hashable, Sendable {
        case submit
        case withdraw
        case approve
        case reject
        /// A channel is pointed at it for the first time.
        case publish
        /// The last channel that pointed at it points elsewhere.
        case supersede
        /// A channel is pointed back at it.
        case rollback
        /// Malware was found in it late, or the platform's administrator takes it back.
        case recall
    }

    public static let subject = "review"

    public func next(on event: Event) -> ReviewStatus? {
        switch event {
        case .submit: self == .notSubmitted || self == .rejected || self == .withdrawn ? .inReview : nil
        case .withdraw: self == .inReview ? .withdrawn : nil
        case .approve: self == .inReview ? .approved : nil
        case .reject: self == .inReview ? .rejected : nil
        case .publish: self == .approved ? .live : nil
        case .supersede: self == .live ? .superseded : nil
        case .rollback: self == .superseded ? .live : nil
        case .recall: self.isPublishable ? .recalled : nil
        }
    }

    /// Whether moderation has passed it, so that a channel may point at it.
    public var isPublishable: Bool { self == .approved || self == .live || self == .superseded }

    /// Whether players have had it: then it stays, as it is.
    public var wasPublished: Bool { self == .live || self == .superseded || self == .recalled }
}
