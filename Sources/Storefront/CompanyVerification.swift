/// Whether the platform has checked who a company is.
///
/// pending → verified | rejected; rejected → pending; verified → pending when the legal identity changes.
public enum CompanyVerification: String, StateMachine {
    case pending
    case verified
    case rejected

    public enum Event: String, CaseIterable, Hashable, Sendable {
        /// The platform's administrator has checked the documents.
        case verify
        /// The platform's administrator has refused them.
        case reject
        /// The company hands in again.
        case resubmit
        /// The company is another one now in the eyes of the law.
        case changeIdentity = "change_identity"
    }

    public static let subject = "company"

    public func next(on event: Event) -> CompanyVerification? {
        switch (self, event) {
        case (.pending, .verify): .verified
        case (.pending, .reject): .rejected
        case (.rejected, .resubmit): .pending
        case (.verified, .changeIdentity): .pending
        case (.pending, .resubmit), (.pending, .changeIdentity), (.verified, .verify), (.verified, .reject),
            (.verified, .resubmit), (.rejected, .verify), (.rejected, .reject), (.rejected, .changeIdentity):
            nil
        }
    }
}
