import Glibc

/// A call on a local file that the system refused.
public struct LocalFileError: Error, Equatable, Sendable {
    /// What was tried.
    public enum Operation: String, Sendable {
        case open, read, write, list, inspect, rename, remove, lock
        case makeDirectory = "make folder"
        case makeLink = "make link"
        case readLink = "read link"
        case setPermissions = "set permissions"
        case resize, sync
    }

    public let operation: Operation
    public let path: String
    /// The system's error number; 0 when the file ended early.
    public let code: Int32

    public init(_ operation: Operation, _ path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// The file ended before the bytes that were asked for.
    public static func ended(_ path: String) -> LocalFileError { LocalFileError(.read, path, code: 0) }

    public var isNotFound: Bool { self.code == ENOENT || self.code == ENOTDIR }
    /// Bytes that should be there are not: the file is gone, is shorter, or lies on a part of the disk that fails.
    ///
    /// Whoever can have them from elsewhere goes on.
    public var meansMissingBytes: Bool {
        self.code == 0 || self.isNotFound || self.operation == .read && self.code == EIO
    }
    /// The disk or the quota is full.
    public var isOutOfSpace: Bool { self.code == ENOSPC || self.code == EDQUOT }
    public var isReadOnly: Bool { self.code == EROFS }
    public var isForbidden: Bool { self.code == EACCES || self.code == EPERM }

    /// The system's words for the error.
    public var reason: String {
        self.code == 0 ? "the file ended early" : Self.reason(ofSystemError: self.code)
    }

    /// The system's words for an error number.
    public static func reason(ofSystemError code: Int32) -> String { unsafe String(cString: strerror(code)) }
}

extension LocalFileError: CustomStringConvertible {
    public var description: String { "cannot \(self.operation.rawValue) \(self.path): \(self.reason)" }
}
