public import Content

/// How much an archive may ask of us.
///
/// The shape of paths is limited by ``Content/BuildPath``.
public struct ArchiveLimits: Equatable, Sendable {
    /// Entries, and folders on the way to them.
    public var entries: Int
    /// Content of all files together.
    public var totalSize: ByteCount
    /// Content of one file.
    public var entrySize: ByteCount
    /// Bytes that may come out for each byte of the archive.
    public var ratio: Int64
    /// What may come out whatever the ratio.
    public var ratioFloor: ByteCount
    /// From opening to the end, with everything the caller does in between.
    public var duration: Duration

    public init(
        entries: Int, totalSize: ByteCount, entrySize: ByteCount, ratio: Int64, ratioFloor: ByteCount,
        duration: Duration
    ) {
        self.entries = entries
        self.totalSize = totalSize
        self.entrySize = entrySize
        self.ratio = ratio
        self.ratioFloor = ratioFloor
        self.duration = duration
    }

    /// Room for the largest games there are, and none for a bomb.
    public static let standard = ArchiveLimits(
        entries: 1_000_000, totalSize: .gibibytes(1024), entrySize: .gibibytes(512), ratio: 200,
        ratioFloor: .mebibytes(64), duration: .seconds(12 * 3600))
}
