public import Content

/// Why a scan gave no verdict, or a scanner did not start.
public enum ScanError: Error, Equatable, Sendable {
    /// A directory for signatures or temporary files cannot be made or written to.
    case directoryUnusable(path: String, reason: String)

    /// There is no slipway-scanner program there: install it beside the running one, or configure its path.
    case helperMissing(path: String)

    /// slipway-scanner could not be started, or ended before it had loaded anything.
    case helperFailed(reason: String)

    /// No signatures there, and no directory configured for the bundled ones: run freshclam, or mount a database.
    case databaseMissing(directory: String)

    /// libclamav refuses the signatures; `output` is its reason. Repair the directory or restore an earlier state.
    case databaseBroken(directory: String, output: String)

    /// Loading the signatures took too long; a full set takes half a minute of processor time.
    case startTimedOut(Duration)

    /// The engine failed a check that it must pass before it may scan: see the reason.
    case gateRefused(reason: String)

    /// The kernel lacks a protection that the configuration requires.
    case sandboxMissing(ScanSandbox)

    /// The lane died over this file, by this signal if known. Retry a few times, then hold the file back.
    case crashed(signal: Int32?)

    /// The scan ran longer than the caller allows. The lane was killed.
    case deadlineExceeded(Duration)

    /// The calling task was cancelled.
    case cancelled

    /// The file cannot be opened or read.
    case unreadable(name: String, errno: Int32)

    /// Not a regular file.
    case notRegularFile(name: String)

    /// The file has another size than the caller said.
    case sizeMismatch(name: String, expected: ByteCount, found: ByteCount)

    /// The file changed while it was being scanned.
    case changed(name: String)

    /// libclamav gave up on the file with this code of its own (`cl_error_t`).
    case engineFailed(name: String, code: Int32)

    /// ``ScannerPool/shutdown()`` was called.
    case shutDown

    /// Whether another attempt may go better without anybody repairing anything.
    public var isTransient: Bool {
        switch self {
        case .crashed, .deadlineExceeded, .startTimedOut, .helperFailed, .changed, .cancelled: true
        case .helperMissing, .directoryUnusable, .databaseMissing, .databaseBroken, .gateRefused, .sandboxMissing,
            .unreadable,
            .notRegularFile, .sizeMismatch, .engineFailed, .shutDown:
            false
        }
    }
}
