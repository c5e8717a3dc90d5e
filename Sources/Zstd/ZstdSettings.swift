/// How to compress; everything that decides which bytes come out.
///
/// The same settings, input and version of libzstd give the same bytes.
public struct ZstdSettings: Hashable, Sendable {
    /// Who does the work.
    public enum Threading: Hashable, Sendable {
        /// The calling thread.
        case caller

        /// So many threads of zstd's own. Their number, at least 1, does not change the bytes,
        /// but the bytes differ from those of ``caller``.
        case workers(Int)
    }

    /// The window logs zstd can write.
    public static let windowLogs = 10...31

    /// 1 (fast) to 22 (small); negative is faster still.
    public var level: Int

    /// The binary logarithm of the bytes a match may reach back, or nil to let the level and the size decide.
    ///
    /// Above 27 a reader has to be told to allow it.
    public var windowLog: Int?

    /// Whether matches are looked for in the whole window whatever the level; for windows above some MiB.
    public var longDistanceMatching: Bool

    public var threading: Threading

    public init(level: Int, windowLog: Int? = nil, longDistanceMatching: Bool = false, threading: Threading = .caller) {
        self.level = level
        self.windowLog = windowLog
        self.longDistanceMatching = longDistanceMatching
        self.threading = threading
    }

    /// Settings for one file against an old one: a window over both, and long-distance matching.
    ///
    /// Without either, zstd finds next to nothing in a prefix larger than its usual window.
    public static func patch(level: Int, prefix: Int, size: Int, threading: Threading = .caller) -> ZstdSettings {
        let reach = max(1, prefix + size)
        let windowLog = Int.bitWidth - (reach - 1).leadingZeroBitCount
        return ZstdSettings(
            level: level,
            windowLog: min(max(windowLog, self.windowLogs.lowerBound), self.windowLogs.upperBound),
            longDistanceMatching: true, threading: threading)
    }
}
