/// How a version comes to those who follow a channel.
///
/// rolling ↔ halted → complete; complete → rolling: a percentage goes up and down.
public enum RolloutState: String, StateMachine {
    /// Some get it.
    case rolling
    /// Nobody new gets it; who has it keeps it.
    case halted
    /// Everybody gets it.
    case complete

    public enum Event: String, CaseIterable, Hashable, Sendable {
        /// Another percentage, below 100.
        case adjust
        case halt
        /// 100 percent.
        case complete
    }

    public static let subject = "rollout"

    public func next(on event: Event) -> RolloutState? {
        switch event {
        case .adjust: .rolling
        case .halt: self == .rolling ? .halted : nil
        case .complete: self == .complete ? nil : .complete
        }
    }
}
