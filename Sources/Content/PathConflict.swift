/// Why two paths cannot be in one build.
///
/// Every case carries the path that was there first.
public enum PathConflict: Error, Hashable, Sendable {
    /// The same file or link twice.
    case duplicate(of: BuildPath)
    /// Differs only by case, which Windows and macOS do not see.
    case sameButCase(as: BuildPath)
    /// The same text in another Unicode normalisation, which macOS does not see.
    case sameButNormalization(as: BuildPath)
    /// One is a folder, the other is not.
    case fileAndDirectory(BuildPath)
    /// A file is where the path needs a folder.
    case throughFile(BuildPath)
    /// A link is where the path needs a folder.
    case throughLink(BuildPath)

    /// The stable code.
    public var code: String {
        switch self {
        case .duplicate: "duplicate_entry"
        case .sameButCase: "case_collision"
        case .sameButNormalization: "unicode_collision"
        case .fileAndDirectory, .throughFile: "path_conflict"
        case .throughLink: "entry_through_link"
        }
    }

    /// The path that was there first.
    public var other: BuildPath {
        switch self {
        case .duplicate(let other), .sameButCase(let other), .sameButNormalization(let other),
            .fileAndDirectory(let other), .throughFile(let other), .throughLink(let other):
            other
        }
    }

    /// What the sender can do, in one sentence.
    public var hint: String {
        switch self {
        case .duplicate: "Store the file once."
        case .sameButCase(let other): "Rename one of them: on Windows and macOS it is the same file as \(other)."
        case .sameButNormalization(let other): "Rename one of them: on macOS it is the same file as \(other)."
        case .fileAndDirectory(let other): "Rename one of them: \(other) is both a folder and something else."
        case .throughFile(let other): "Rename one of them: \(other) is a file, so nothing can lie in it."
        case .throughLink(let other): "Store the file under its real folder: \(other) is a link."
        }
    }
}
