/// How a group's payload becomes its new bytes. The numbers are part of the format.
public enum PatchMethod: Int, CaseIterable, Sendable {
    /// The bytes themselves.
    case stored = 0
    /// A zstd frame.
    case zstd = 1
    /// A matched difference from the group's old bytes, its streams compressed by zstd.
    case difference = 2
    /// A matched difference from the group's old bytes, coded by an adaptive model that follows references.
    case modelled = 3
    /// As ``difference``, with the deflate streams of the new content opened: see ``ReopenedContent``.
    case reopened = 4
    /// As ``modelled``, with the deflate streams of the new content opened and compressed with what was in old ones: see
    /// ``OldStreams``.
    case recalled = 5
}
