/// How far a payout is.
///
/// requested → processing → completed | failed; requested → failed by cancelling. The money is set aside from the request on,
/// leaves with `completed`, and comes back with `failed`.
public enum PayoutState: String, StateMachine {
    /// The money is set aside; nothing was told to Payment Service yet.
    case requested
    /// Payment Service has it.
    case processing
    case completed
    case failed

    public enum Event: String, CaseIterable, Hashable, Sendable {
        /// The company changes its mind before the hand-over.
        case cancel
        /// It is given to Payment Service.
        case handOver = "hand_over"
        /// The money has arrived.
        case complete
        /// The money did not leave, or came back.
        case fail
    }

    public static let subject = "payout"

    public func next(on event: Event) -> PayoutState? {
        switch (self, event) {
        case (.requested, .handOver): .processing
        case (.requested, .cancel): .failed
        case (.processing, .complete): .completed
        case (.processing, .fail): .failed
        case (.requested, .complete), (.requested, .fail), (.processing, .cancel), (.processing, .handOver),
            (.completed, .cancel), (.completed, .handOver), (.completed, .complete), (.completed, .fail),
            (.failed, .cancel), (.failed, .handOver), (.failed, .complete), (.failed, .fail):
            nil
        }
    }

    /// Whether it stays what it is.
    public var isTerminal: Bool {
        switch self {
        case .requested, .processing: false
        case .completed, .failed: true
        }
    }

    /// Whether its money is set aside.
    public var holdsMoney: Bool { !self.isTerminal }
}
