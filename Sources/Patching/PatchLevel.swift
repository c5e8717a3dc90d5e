import Delta

/// How much work a patch is worth.
public enum PatchLevel: String, CaseIterable, Sendable {
    /// For a preview: seconds.
    case fast
    /// For every version that is published.
    case standard
    /// For versions that many players update from.
    case best

    var matching: DifferencePlan.Matching { self == .fast ? .hasty : .exhaustive }
}
