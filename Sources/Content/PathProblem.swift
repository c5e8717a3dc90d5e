/// Why a path cannot be part of a build.
///
/// The raw value is the stable code that senders see; it never changes once released.
public enum PathProblem: String, Error, Hashable, Sendable, CaseIterable {
    /// A component is `..`, with either slash.
    case traversal = "path_traversal"
    /// Starts with a slash, a backslash or a drive letter.
    case absolute = "path_absolute"
    /// Empty, has an empty or `.` component, or a NUL, control or line-break character.
    case invalid = "path_invalid"
    /// Has a character that turns the direction of text, so that people read another name.
    case bidirectional = "path_bidi"
    /// A device name of Windows: `CON`, `nul.txt`, `COM¹`, `CONIN$`.
    case reservedName = "path_reserved_name"
    /// Windows drops a dot or space at the end of a component.
    case trailingDotOrSpace = "path_trailing_dot_or_space"
    /// One of `: * ? " < > |`, which Windows refuses or, as `:`, takes for a stream.
    case forbiddenCharacter = "path_forbidden_character"
    /// A component of more than ``BuildPath/longestComponent`` bytes.
    case componentTooLong = "path_component_too_long"
    /// More than ``BuildPath/longest`` bytes.
    case tooLong = "path_too_long"
    /// More than ``BuildPath/deepest`` components.
    case tooDeep = "path_too_deep"
    /// Not valid UTF-8.
    case notUTF8 = "path_not_utf8"
    /// A backslash, which is a separator on Windows and a letter elsewhere.
    case backslash = "path_backslash"

    /// The stable code.
    public var code: String { self.rawValue }

    /// What the sender can do, in one sentence.
    public var hint: String {
        switch self {
        case .traversal: "Remove '..' from the path; every path starts at the root of the build."
        case .absolute: "Use a path relative to the root of the build, without a leading slash or drive letter."
        case .invalid: "Use a path whose components are neither empty nor '.', without control characters."
        case .bidirectional: "Remove the characters that change the direction of text."
        case .reservedName: "Rename the file: Windows keeps this name for a device, whatever follows the dot."
        case .trailingDotOrSpace: "Remove the dot or space at the end of the name; Windows drops it."
        case .forbiddenCharacter: "Remove : * ? \" < > | from the name; Windows does not allow them."
        case .componentTooLong: "Shorten the name to at most \(BuildPath.longestComponent) bytes of UTF-8."
        case .tooLong: "Shorten the path to at most \(BuildPath.longest) bytes of UTF-8."
        case .tooDeep: "Use at most \(BuildPath.deepest) levels of folders."
        case .notUTF8: "Store names as UTF-8; most archivers have a switch for it."
        case .backslash: "Separate folders with '/'; the archive was written with backslashes."
        }
    }
}
