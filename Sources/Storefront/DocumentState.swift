/// How far a company's document is.
///
/// uploading → scanning → ready | rejected; each but rejected may be deleted, which is the end of its row.
public enum DocumentState: String, StateMachine {
    case uploading
    case scanning
    case ready
    case rejected

    public enum Event: String, CaseIterable, Hashable, Sendable {
        /// The bytes are there.
        case complete
        /// They are what they say they are, and clean.
        case pass
        /// They are not.
        case refuse
    }

    public static let subject = "document"

    public func next(on event: Event) -> DocumentState? {
        switch (self, event) {
        case (.uploading, .complete): .scanning
        case (.scanning, .pass): .ready
        case (.scanning, .refuse): .rejected
        case (.uploading, .pass), (.uploading, .refuse), (.scanning, .complete), (.ready, _), (.rejected, _): nil
        }
    }
}
