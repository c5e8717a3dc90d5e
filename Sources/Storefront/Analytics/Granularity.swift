/// How long a step of a time series is.
public enum Granularity: String, CaseIterable, Hashable, Sendable {
    case day
    case week
    case month
}
