/// How a folder becomes a build.
public struct SourceOptions: Sendable {
    /// What is done with symbolic links.
    public enum Links: String, CaseIterable, Sendable {
        /// Kept, when they are relative and stay inside the folder; others are refused.
        case keep
        /// Left out.
        case skip
        /// Refused, each by its name.
        case refuse
    }

    public var links: Links
    /// Patterns to leave out, as lines of a `.slipwayignore` at the root.
    public var ignoring: [String]
    /// Patterns of files that are marked as programs besides those with an executable bit.
    public var executables: [String]

    public init(links: Links = .keep, ignoring: [String] = [], executables: [String] = []) {
        self.links = links
        self.ignoring = ignoring
        self.executables = executables
    }
}
