/// Why a question about games has no answer, or a report no file.
public enum AnalyticsError: Error, Equatable, Sendable {
    /// Analytics Service does not answer, and nothing recent enough is remembered.
    case unavailable
}
