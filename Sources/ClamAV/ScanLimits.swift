public import Content

/// How far a scan goes before it gives up, with ``ScanVerdict/incomplete(_:covered:)``.
public struct ScanLimits: Hashable, Sendable {
    /// The largest file or member taken whole; at most ``engineCeiling``.
    ///
    /// Larger files are scanned in windows.
    public var fileSize: ByteCount
    /// All members of one file together, unpacked.
    public var scanSize: ByteCount
    /// Archives in archives, at most 100.
    public var recursion: Int
    /// Members in one file.
    public var fileCount: Int
    /// For one file, or one window; checked between members, so a scan may take longer.
    ///
    /// Whole milliseconds.
    public var scanTime: Duration
    /// The part of an over-large file scanned at a time; 256 KiB to ``fileSize``.
    public var window: ByteCount
    /// What neighbouring windows share; longer than any pattern, and at most half a window.
    public var overlap: ByteCount

    /// libclamav takes no larger file: it keeps sizes in 32 bits, signed.
    public static let engineCeiling = ByteCount(Int64(Int32.max) - 2)

    /// For game builds, already unpacked: members are files of a build, archives inside are rare but may be large.
    public static let standard = ScanLimits(
        fileSize: engineCeiling, scanSize: .gibibytes(16), recursion: 17, fileCount: 200_000, scanTime: .seconds(600),
        window: .gibibytes(1), overlap: .mebibytes(64))

    public init(
        fileSize: ByteCount, scanSize: ByteCount, recursion: Int, fileCount: Int, scanTime: Duration,
        window: ByteCount, overlap: ByteCount
    ) {
        self.fileSize = fileSize
        self.scanSize = scanSize
        self.recursion = recursion
        self.fileCount = fileCount
        self.scanTime = scanTime
        self.window = window
        self.overlap = overlap
    }

    /// Equal for equal limits, and different between releases of slipway-scanner that set others.
    public var id: String {
        """
        v1-f\(self.fileSize.bytes)-s\(self.scanSize.bytes)-r\(self.recursion)-n\(self.fileCount)\
        -t\(self.scanMilliseconds)-w\(self.window.bytes)-o\(self.overlap.bytes)
        """
    }

    private var scanMilliseconds: Int64 {
        self.scanTime.components.seconds * 1000 + self.scanTime.components.attoseconds / 1_000_000_000_000_000
    }

    /// As slipway-scanner's command line takes them.
    var arguments: [String] {
        [
            "--max-file-size", "\(self.fileSize.bytes)", "--max-scan-size", "\(self.scanSize.bytes)",
            "--max-recursion", "\(self.recursion)", "--max-files", "\(self.fileCount)",
            "--max-scan-time", "\(self.scanMilliseconds)",
            "--window", "\(self.window.bytes)", "--overlap", "\(self.overlap.bytes)",
        ]
    }
}
