public import Content

/// What became of one file from an old version to a new one, and what the change costs by chunks.
public struct FileChange: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        /// The same bytes at the same path.
        case unchanged
        /// The same bytes, which the old version has under another path only.
        ///
        /// - Parameter from: index of the old file.
        case moved(from: Int)
        /// Other bytes, which resemble old files.
        ///
        /// - Parameter from: indexes of old files, the likeliest first; at least one.
        case edited(from: [Int])
        /// Nothing like it was there.
        case added
    }

    /// Index of the new file, and its path and size.
    public let file: Int
    public let path: BuildPath
    public let size: Int64
    public let kind: Kind
    /// Bytes in chunks that the old version has somewhere.
    public let sharedBytes: Int64
    /// Runs of new bytes whose chunks the old version does not have: ascending, not overlapping, ``mostRanges`` at most, the
    /// last of which reaches to the end of the last such chunk.
    public let newRanges: [Range<Int64>]
    /// Bytes to fetch for the chunks the old version does not have.
    public let chunkBytes: Int64
    /// Why it costs what it costs, the weightiest first.
    public let reasons: [UpdateReason]

    public static let mostRanges = 32

    public init(
        file: Int, path: BuildPath, size: Int64, kind: Kind, sharedBytes: Int64, newRanges: [Range<Int64>],
        chunkBytes: Int64, reasons: [UpdateReason]
    ) {
        self.file = file
        self.path = path
        self.size = size
        self.kind = kind
        self.sharedBytes = sharedBytes
        self.newRanges = newRanges
        self.chunkBytes = chunkBytes
        self.reasons = reasons
    }

    /// The same change for other reasons.
    public func explained(by reasons: [UpdateReason]) -> FileChange {
        FileChange(
            file: self.file, path: self.path, size: self.size, kind: self.kind, sharedBytes: self.sharedBytes,
            newRanges: self.newRanges, chunkBytes: self.chunkBytes, reasons: reasons)
    }

    /// Bytes in chunks that the old version does not have.
    public var newBytes: Int64 { self.size - self.sharedBytes }
}
