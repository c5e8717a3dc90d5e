/// Where a promotion is in its life.
///
/// scheduled → active → ended; scheduled, active → cancelled. Time moves it on, by the database's clock.
public enum PromotionState: String, StateMachine {
    case scheduled
    case active
    case ended
    case cancelled

    public enum Event: String, CaseIterable, Hashable, Sendable {
        /// Its first moment has come.
        case start
        /// Its last moment has passed.
        case end
        /// The company calls it off, or ends it before its time.
        case cancel
    }

    public static let subject = "promotion"

    public func next(on event: Event) -> PromotionState? {
        switch event {
        case .start: self == .scheduled ? .active : nil
        case .end: self == .active ? .ended : nil
        case .cancel: self == .scheduled || self == .active ? .cancelled : nil
        }
    }

    /// Whether it still shows, or will.
    public var isOpen: Bool { self == .scheduled || self == .active }
}
