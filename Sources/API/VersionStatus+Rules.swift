import BuildStore
import Storefront

extension VersionStatus {
    /// The same word, with the rules it obeys.
    var rules: VersionState {
        switch self {
        case .uploading: .uploading
        case .uploaded: .uploaded
        case .processing: .processing
        case .ready: .ready
        case .failed: .failed
        }
    }
}

extension VersionState.Event {
    /// Whether a client may cause it; the rest is the engine's.
    var isClients: Bool {
        switch self {
        case .complete, .abort, .retry, .reopen: true
        case .process, .finish, .fail: false
        }
    }
}
