/// How far the build of a version is.
///
/// uploading → uploaded → processing → ready | failed; uploading → failed; failed → uploaded (retry) or uploading (again).
public enum VersionState: String, StateMachine {
    case uploading
    case uploaded
    case processing
    case ready
    case failed

    public enum Event: String, CaseIterable, Hashable, Sendable {
        /// The client says that all bytes are there.
        case complete
        /// The client gives up, or the session runs out.
        case abort
        /// A worker begins.
        case process
        /// Everything is stored, scanned and signed.
        case finish
        /// A stage found something wrong.
        case fail
        /// Again, from what was received.
        case retry
        /// The same version string is uploaded again.
        case reopen
    }

    public static let subject = "version"

    public func next(on event: Event) -> VersionState? {
        switch event {
        case .complete: self == .uploading ? .uploaded : nil
        case .abort: self == .uploading ? .failed : nil
        case .process: self == .uploaded ? .processing : nil
        case .finish: self == .processing ? .ready : nil
        case .fail: self == .uploaded || self == .processing ? .failed : nil
        case .retry: self == .failed ? .uploaded : nil
        case .reopen: self == .failed ? .uploading : nil
        }
    }

    /// Whether nothing happens any more by itself.
    public var isTerminal: Bool { self == .ready || self == .failed }

    /// The event behind a client's wish to set the status.
    ///
    /// Clients say `uploaded` and `failed`; workers own the rest. Saying again what has come true already, by
    /// itself or later stages, changes nothing, so that a lost answer can be asked for again.
    ///
    /// - Returns: nil when there is nothing to do.
    public func event(settingTo requested: VersionState) throws(InvalidTransition) -> Event? {
        switch (self, requested) {
        case (.uploading, .uploaded): return .complete
        case (.uploading, .failed): return .abort
        case (.processing, .uploaded), (.ready, .uploaded): return nil
        default:
            if self == requested, requested == .uploaded || requested == .failed { return nil }
            let allowed: [VersionState] = self == .uploading ? [.uploaded, .failed] : []
            throw InvalidTransition(
                subject: Self.subject, current: self.rawValue, requested: requested.rawValue,
                allowed: allowed.map(\.rawValue))
        }
    }
}
