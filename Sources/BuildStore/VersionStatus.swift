/// Where a version's build stands; the specification's words.
///
/// - uploading → uploaded (committed), failed (aborted, expired)
/// - uploaded → processing (a worker began), failed
/// - processing → ready, failed
/// - failed → uploading (the same version string again, a new attempt), processing (retried)
/// - ready is final
public enum VersionStatus: String, Codable, CaseIterable, Sendable {
    case uploading, uploaded, processing, ready, failed
}
