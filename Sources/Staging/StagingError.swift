public import Content
import Glibc

/// Why staging could not do its work.
///
/// Nothing here is the sender's to repair.
public enum StagingError: Error, Equatable, Sendable {
    /// The disk, or our quota on it, has no room. An operator makes room, or the work waits.
    case diskFull(needed: ByteCount, free: ByteCount)
    /// The disk failed. An operator looks at it; another machine may take over.
    case diskFailed(call: String)
    /// The path was created before, and not wiped since.
    case exists(String)
    /// Nothing is at the path.
    case missing(String)
    /// A link or another kind of thing stands where staging keeps its own. Somebody else wrote there.
    case intruded(String)
    /// A read reaches past the end.
    case endOfFile(offset: Int64, count: Int, size: Int64)
    /// Too many files are open in this process or machine.
    case tooManyOpenFiles
    /// Anything else the system refuses, with its `errno`.
    case system(call: String, code: Int32)

    /// What `errno` says about a call that failed just now.
    static func last(_ call: String, _ path: String) -> StagingError {
        switch errno {
        case ENOSPC, EDQUOT: .diskFull(needed: .zero, free: .zero)
        case EIO, EROFS: .diskFailed(call: call)
        case EEXIST: .exists(path)
        case ENOENT: .missing(path)
        case ELOOP, ENOTDIR, EISDIR, ENXIO: .intruded(path)
        case EMFILE, ENFILE: .tooManyOpenFiles
        case let code: .system(call: call, code: code)
        }
    }
}
