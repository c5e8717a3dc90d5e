/// What somebody is to the platform itself, whatever company they belong to, if any.
///
/// Given by the issuer of tokens, in the claims `roles` or `scope`; the raw values are what stands there.
public enum PlatformRole: String, CaseIterable, Hashable, Sendable {
    /// Runs the service: queues, pools, workers, dead jobs. Sees no studio's content.
    case `operator`
}
