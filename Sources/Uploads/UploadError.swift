public import BuildStore
public import Content
public import JobLifecycle

/// Why an upload was refused. Every case is the sender's to mend.
public enum UploadError: Error, Equatable, Sendable {
    /// The company has no such game, or the game no such version.
    case notFound
    /// The version string is taken by a version that has not failed.
    case versionExists(String, status: VersionStatus)
    /// The version takes no bytes any more.
    case versionClosed(status: VersionStatus)
    /// The version string is empty, too long, or holds control characters.
    case versionStringInvalid(limit: Int)
    /// A build has 1 byte or more, and at most the limit.
    case sizeInvalid(limit: ByteCount)
    /// Part numbers run from 1 to the count.
    case partOutOfRange(Int, of: Int)
    /// A part is longer or shorter than the plan says.
    case partSizeMismatch(expected: ByteCount, got: ByteCount)
    /// The bytes arrived changed.
    case digestMismatch(declared: Digest, computed: Digest)
    /// The commit came before these parts.
    case incomplete(missing: [Int])
    /// The session's time is over; begin again under the same version string.
    case expired
    /// The sender declares another hash than when the upload began.
    case hashChanged(declared: String, now: String)
}

extension UploadError: FailureConvertible {
    public var failure: Failure {
        Failure(code: self.code, message: self.message, retryable: false, stage: "receive", hint: self.hint)
    }

    /// Stable; what programs look at.
    public var code: String {
        switch self {
        case .notFound: "not-found"
        case .versionExists: "version-exists"
        case .versionClosed: "invalid-transition"
        case .versionStringInvalid, .sizeInvalid: "validation-failed"
        case .partOutOfRange: "part-out-of-range"
        case .partSizeMismatch: "size-mismatch"
        case .digestMismatch, .hashChanged: "digest-mismatch"
        case .incomplete: "upload-incomplete"
        case .expired: "upload-expired"
        }
    }

    public var message: String {
        switch self {
        case .notFound: "there is no such version"
        case .versionExists(let version, let status): "version \(version) exists and is \(status.rawValue)"
        case .versionClosed(let status): "the version is \(status.rawValue) and takes no bytes"
        case .versionStringInvalid(let limit):
            "a version string has 1 to \(limit) characters, none of them a control character"
        case .sizeInvalid(let limit): "a build has 1 byte or more, and at most \(limit)"
        case .partOutOfRange(let number, let count): "there is no part \(number); parts run from 1 to \(count)"
        case .partSizeMismatch(let expected, let got):
            "the part has \(got.bytes) bytes; the plan says \(expected.bytes)"
        case .digestMismatch(let declared, let computed): "the bytes' SHA-256 is \(computed), not \(declared)"
        case .incomplete(let missing): "\(missing.count) parts are missing"
        case .expired: "the time of the upload is over"
        case .hashChanged(let declared, let now): "the upload began with the hash \(declared), now it is \(now)"
        }
    }

    public var hint: String {
        switch self {
        case .notFound: "check the game's and the version's identifiers"
        case .versionExists: "choose another version string"
        case .versionClosed: "begin a new version"
        case .versionStringInvalid: "choose a version string like 1.4.2"
        case .sizeInvalid: "send file_size in bytes; split what is larger, or ask for a higher limit"
        case .partOutOfRange: "fetch the upload plan again"
        case .partSizeMismatch: "cut the file at multiples of part_size; only the last part is shorter"
        case .digestMismatch: "send the part again"
        case .incomplete: "send the missing parts, then commit again"
        case .expired: "begin again under the same version string"
        case .hashChanged: "send the file the upload began with, or begin another version"
        }
    }
}
