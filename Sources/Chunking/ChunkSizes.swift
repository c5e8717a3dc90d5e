/// How large chunks are.
///
/// Never change the sizes of files already stored: other sizes mean other cuts, and nothing is shared with the
/// chunks of earlier builds.
public struct ChunkSizes: Hashable, Sendable {
    /// No chunk is shorter, but for the last of a file.
    public let minimum: Int
    /// What the lengths gather around; a power of two.
    public let average: Int
    /// No chunk is longer.
    public let maximum: Int

    /// - Parameters:
    ///   - minimum: at least the 64 bytes a cut depends on.
    ///   - average: a power of two from 256 to 2^26, more than `minimum`.
    ///   - maximum: more than `average`.
    public init(minimum: Int, average: Int, maximum: Int) {
        precondition(minimum >= Gear.window, "a chunk is no shorter than the window of the hash")
        precondition(average > minimum && maximum > average, "minimum, average and maximum ascend")
        precondition(
            average.nonzeroBitCount == 1 && (8...26).contains(average.trailingZeroBitCount),
            "the average is a power of two from 256 to 2^26")
        self.minimum = minimum
        self.average = average
        self.maximum = maximum
    }

    /// 16, 64 and 256 KiB, for packs and whatever else is edited in places.
    public static let fine = ChunkSizes(minimum: 16 << 10, average: 64 << 10, maximum: 256 << 10)

    /// 64, 256 and 1024 KiB, for files of which an update keeps little.
    public static let coarse = ChunkSizes(minimum: 64 << 10, average: 256 << 10, maximum: 1024 << 10)
}
