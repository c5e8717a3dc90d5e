/// Where a stream stands between two pieces.
struct ZstdStreamState {
    /// Bytes given out so far.
    var given: Int64 = 0
    /// Bytes that may be given out in all.
    var limit: Int64 = 0
    /// Whether the last piece ended inside a frame.
    var isInsideFrame = false
}
