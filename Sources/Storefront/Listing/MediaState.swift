/// How far a media file is.
///
/// reserved → uploaded → processing → ready | failed; reserved, ready, failed → deleted.
public enum MediaState: String, StateMachine {
    case reserved
    case uploaded
    case processing
    case ready
    case failed
    case deleted

    public enum Event: String, CaseIterable, Hashable, Sendable {
        /// The client says that the bytes are there.
        case complete
        /// A worker begins.
        case process
        /// It is checked, cleaned and linked.
        case finish
        /// It is not what it should be.
        case fail
        /// The company does not want it any more.
        case delete
    }

    public static let subject = "media"

    public func next(on event: Event) -> MediaState? {
        switch event {
        case .complete: self == .reserved ? .uploaded : nil
        case .process: self == .uploaded ? .processing : nil
        case .finish: self == .processing ? .ready : nil
        case .fail: self == .uploaded || self == .processing ? .failed : nil
        case .delete: self == .reserved || self == .ready || self == .failed ? .deleted : nil
        }
    }
}
