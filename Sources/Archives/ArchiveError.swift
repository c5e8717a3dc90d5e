/// Why reading an archive stopped.
public enum ArchiveError: Error, Equatable, Sendable {
    /// The archive is not one we take. The sender must repair it; reading again changes nothing.
    case refused(ArchiveProblem)
    /// The medium the archive lies on failed. Ours to repair; reading again may help.
    case unreadable(reason: String)

    /// The stable code.
    public var code: String {
        switch self {
        case .refused(let problem): problem.code
        case .unreadable: "archive_unreadable"
        }
    }

    /// What to do, in one sentence.
    public var hint: String {
        switch self {
        case .refused(let problem): problem.hint
        case .unreadable(let reason): "Try again: the archive could not be read (\(reason))."
        }
    }

    /// The same, with the entry it happened in, unless that is known.
    func named(_ path: String) -> ArchiveError {
        guard case .refused(let problem) = self, problem.path == nil else { return self }
        return .refused(ArchiveProblem(problem.kind, path: path, offset: problem.offset))
    }

    static func corrupt(_ reason: String, path: String? = nil, offset: Int64? = nil) -> ArchiveError {
        .refused(ArchiveProblem(.corrupt(reason), path: path, offset: offset))
    }

    static func truncated(offset: Int64?) -> ArchiveError { .refused(ArchiveProblem(.truncated, offset: offset)) }
}
