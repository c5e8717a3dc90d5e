/// What a scan found.
///
/// `clean` is said only of a file that was looked at whole. Limits, encryption and engine shortcomings make it
/// `incomplete`, which is neither clean nor infected: somebody has to decide.
public enum ScanVerdict: Hashable, Sendable, Codable {
    /// No signature matched; `covered` is the file's size.
    case clean(covered: Int64)

    /// A signature matched. libclamav ends the names of signatures that are not its own in `.UNOFFICIAL`.
    case infected(signature: String, covered: Int64)

    /// No signature matched in what was looked at, and not all was.
    ///
    /// `covered` counts bytes of the file itself that were certainly matched, a lower bound.
    case incomplete(IncompleteReason, covered: Int64)

    /// Bytes of the file that were certainly looked at.
    public var covered: Int64 {
        switch self {
        case .clean(let covered), .infected(_, let covered), .incomplete(_, let covered): covered
        }
    }
}

/// Why a file could not be scanned whole.
public enum IncompleteReason: String, Hashable, Sendable, Codable, CaseIterable {
    /// A member inside is larger than ``ScanLimits/fileSize``.
    case fileSize = "file-size"
    /// The members together are larger than ``ScanLimits/scanSize``.
    case scanSize = "scan-size"
    /// Archives lie in archives deeper than ``ScanLimits/recursion``.
    case recursion
    /// There are more members than ``ScanLimits/fileCount``.
    case fileCount = "file-count"
    /// The scan took longer than ``ScanLimits/scanTime``.
    case scanTime = "scan-time"
    /// Another of libclamav's limits, such as the number of headers of a mail.
    case otherLimit = "other-limit"
    /// The file, or something inside, is encrypted.
    case encrypted
    /// The file is larger than the engine takes, and was scanned in overlapping windows instead.
    ///
    /// All bytes were matched against patterns; signatures of the whole file (its digest, its structure) were not.
    case windows
    /// The engine finished without looking at all bytes.
    case unread
    /// Memory or temporary space ran out.
    case resources
}
