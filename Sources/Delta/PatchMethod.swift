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
    /// Any of the others between both sides with deflate streams in them opened: see ``ReopenedContent``, ``OldStreams``.
    case opened = 4
}
