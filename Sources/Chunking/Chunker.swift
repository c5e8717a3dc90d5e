/// Cuts bytes into chunks where their content says so, so that an edit moves only the cuts near it.
///
/// FastCDC (Xia et al., "FastCDC: a Fast and Efficient Content-Defined Chunking Approach for Data Deduplication",
/// USENIX ATC 2016) with normalised chunking of level 2: no cut is looked for before the minimum length, cuts are
/// four times rarer than one in the average up to the average, four times more frequent after it, and forced at the
/// maximum. Other than in the paper the hash takes in the 64 bytes before the first length tested, so that a
/// cut depends on its distance from the last one and on the 64 bytes before it alone.
///
/// The last chunk may be shorter than the minimum; no bytes have no chunks.
public struct Chunker: Sendable {
    private let rule: CutRule

    public init(_ sizes: ChunkSizes) { self.rule = CutRule(sizes) }

    public var sizes: ChunkSizes { self.rule.sizes }

    /// Finds the end of the first chunk.
    ///
    /// - Parameters:
    ///   - bytes: from the end of the chunk before.
    ///   - atEnd: whether the file ends with these bytes.
    /// - Returns: the length of the chunk, or nil when more bytes are needed, that is when there are fewer than the
    ///   maximum and the file goes on, or none at all.
    public func cut(_ bytes: Span<UInt8>, atEnd: Bool) -> Int? {
        guard !bytes.isEmpty, atEnd || bytes.count >= self.sizes.maximum else { return nil }
        var stream = ChunkStream(self.rule)
        return stream.scan(bytes).length ?? bytes.count
    }

    /// The lengths of all chunks of bytes that are all in memory, in order.
    public func lengths(of bytes: Span<UInt8>) -> [Int] {
        var stream = ChunkStream(self.rule)
        return stream.feed(bytes) + (stream.finish().map { [$0] } ?? [])
    }
}
