/// What Payment Service says of a payout.
public enum PayoutReport: String, CaseIterable, Hashable, Sendable {
    /// It works on it.
    case processing
    case completed
    case failed
}

extension PayoutState {
    /// What is to be done about a message, which may be a repeat, late, or out of order.
    public enum Reading: Equatable, Sendable {
        /// Move on.
        case apply(Event)
        /// Known already, or overtaken by later news: nothing to do, nothing wrong.
        case old
        /// It contradicts what is settled, or speaks of a payout that was never handed over: change nothing, tell a person.
        case contradiction
    }

    /// Reads a message of Payment Service.
    public func reading(_ report: PayoutReport) -> Reading {
        switch (self, report) {
        case (.processing, .completed): .apply(.complete)
        case (.processing, .failed): .apply(.fail)
        case (.processing, .processing), (.completed, .processing), (.failed, .processing), (.completed, .completed),
            (.failed, .failed):
            .old
        case (.completed, .failed), (.failed, .completed), (.requested, _): .contradiction
        }
    }
}
