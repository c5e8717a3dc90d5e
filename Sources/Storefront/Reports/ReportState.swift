/// How far a report is.
///
/// queued → generating → ready → expired; queued, generating → failed. Generating again after a worker died stays generating.
public enum ReportState: String, StateMachine {
    case queued
    case generating
    case ready
    case failed
    /// Its file is gone; ask for a new one.
    case expired

    public enum Event: String, CaseIterable, Hashable, Sendable {
        /// A worker begins.
        case generate
        /// The file is stored.
        case finish
        case fail
        /// Its time is over.
        case expire
    }

    public static let subject = "report"

    public func next(on event: Event) -> ReportState? {
        switch (self, event) {
        case (.queued, .generate), (.generating, .generate): .generating
        case (.generating, .finish): .ready
        case (.queued, .fail), (.generating, .fail): .failed
        case (.ready, .expire): .expired
        case (.queued, .finish), (.queued, .expire), (.generating, .expire), (.ready, .generate), (.ready, .finish),
            (.ready, .fail), (.failed, .generate), (.failed, .finish), (.failed, .fail), (.failed, .expire),
            (.expired, .generate), (.expired, .finish), (.expired, .fail), (.expired, .expire):
            nil
        }
    }

    /// Whether nothing happens any more before it expires.
    public var isSettled: Bool {
        switch self {
        case .queued, .generating: false
        case .ready, .failed, .expired: true
        }
    }
}
