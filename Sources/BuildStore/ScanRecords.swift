public import Content
public import FoundationEssentials
import Postgres

/// The files that one scan job looks at.
public struct ScanPlan: Equatable, Sendable {
    public let number: Int
    /// Numbers of files.
    public let files: [Int]
    public let bytes: Int64

    public init(number: Int, files: [Int], bytes: Int64) {
        self.number = number
        self.files = files
        self.bytes = bytes
    }
}

/// What was found in one content.
public struct ScanRecord: Sendable {
    /// `incomplete` is not clean: something was not looked at.
    public enum Verdict: String, Sendable {
        case clean, infected, incomplete
    }

    public let digest: Digest
    public let verdict: Verdict
    /// What was found.
    public let signature: String?
    /// Why it is incomplete.
    public let reason: String?
    /// Bytes that were looked at.
    public let covered: Int64

    public init(digest: Digest, verdict: Verdict, signature: String?, reason: String?, covered: Int64) {
        self.digest = digest
        self.verdict = verdict
        self.signature = signature
        self.reason = reason
        self.covered = covered
    }
}

/// What a whole version's scan covered.
public struct ScanSummary: Sendable {
    /// Engine, signatures and limits, as one key.
    public let engine: String
    /// True: only the bundled test signatures were there.
    public let bundled: Bool
    public let files: Int
    public let bytes: Int64
    /// Looked at for this version; the others had a verdict of the same engine already.
    public let filesScanned: Int
    public let bytesScanned: Int64
    public let finishedAt: Date?
    /// The newer engine that looked at the published version last, and when it had seen all.
    public let rescannedEngine: String?
    public let rescannedAt: Date?

    init(_ row: Row) throws(PostgresError) {
        let files: Int32 = try row("files")
        let filesScanned: Int32 = try row("files_scanned")
        self.engine = try row("engine")
        self.bundled = try row("bundled")
        self.files = Int(files)
        self.bytes = try row("bytes")
        self.filesScanned = Int(filesScanned)
        self.bytesScanned = try row("bytes_scanned")
        self.finishedAt = try row("finished_at")
        self.rescannedEngine = try row("rescanned_engine")
        self.rescannedAt = try row("rescanned_at")
    }
}
