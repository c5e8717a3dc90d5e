import LocalFiles

/// What a shell sees when push, pull or verify ends.
///
/// The numbers are documented in each command's help and never change.
public enum ClientExit: Int32, Sendable {
    case ok = 0
    case failure = 1
    /// The command, its options or its settings are wrong.
    case usage = 2
    /// The token is missing, wrong or too old, or may not do this.
    case authentication = 3
    /// The service refused, or the build failed, or its content is not what was signed.
    case refused = 4
    /// The service cannot be reached or cannot serve. Try again later.
    case unavailable = 5
    /// A local file or the disk.
    case files = 6
    /// Verify found damage.
    case damaged = 7

    /// - Parameter error: any that the client throws.
    public init(_ error: any Error) {
        switch error {
        case let error as ClientError: self = error.exit
        case is LocalFileError: self = .files
        default: self = .failure
        }
    }

    /// The line that the help of operators' commands ends with.
    public static let operatorHelp = """
        Exit codes: 0 done; 2 wrong use (64 for options that do not exist); 3 not authenticated or not allowed; 4 refused; \
        5 service not reachable or not available.
        """

    /// The lines that every command's help ends with.
    public static let help = """
        Exit codes: 0 done; 2 wrong use (64 for options that do not exist); 3 not authenticated or not allowed; 4 refused, build failed, or content not \
        as signed; 5 service not reachable or not available; 6 local files or disk; 7 verify found damage.
        """
}

extension ClientError {
    /// What a shell sees.
    public var exit: ClientExit {
        switch self {
        case .noServer, .unreadableSettings, .invalidURL, .invalidKey, .noSuchGame, .ambiguousGame, .noSuchVersion:
            .usage
        case .noToken, .notAllowed:
            .authentication
        case .refused, .versionTaken, .versionNotReady, .buildFailed, .untrustedManifest, .keyChanged, .unsafeManifest:
            .refused
        case .unreachable, .unavailable, .unexpectedAnswer, .damagedChunk:
            .unavailable
        case .noSuchPath, .notAFolder, .nothingToPush, .unusableTree, .changedDuringPush, .blocked, .noRoom, .busy,
            .notInstalled,
            .damagedState, .otherGame:
            .files
        }
    }
}
