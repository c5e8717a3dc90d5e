/// A path that cannot be part of a build.
public struct SourceProblem: Equatable, Sendable {
    /// Relative to what was pushed; bytes that are not UTF-8 are shown as U+FFFD.
    public let path: String
    /// Stable; the same that the service gives for an archive with such a path.
    public let code: String
    /// What to do, in one sentence.
    public let hint: String

    public init(path: String, code: String, hint: String) {
        self.path = path
        self.code = code
        self.hint = hint
    }
}
