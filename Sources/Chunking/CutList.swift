/// What cutting one range of a file gave (``RangeCutter``).
public struct CutList: Hashable, Sendable {
    /// Where the range begins, and with it the first chunk.
    public let start: Int64
    /// The chunks' lengths in order, each chunk beginning where the one before ends.
    public let lengths: [Int]
    /// Where the next range's cuts and these became the same.
    ///
    /// The end of the last chunk, and of one of the next range's. Nil when they did not within the cutter's reach.
    /// The end of the file for the last range.
    public let meeting: Int64?

    public init(start: Int64, lengths: [Int], meeting: Int64?) {
        self.start = start
        self.lengths = lengths
        self.meeting = meeting
    }

    /// The end of the last chunk.
    public var end: Int64 { self.lengths.reduce(self.start) { $0 + Int64($1) } }
}

extension CutList {
    /// How to put the lists of all ranges together.
    public enum Joining: Hashable, Sendable {
        /// The file's chunks are, for each list in order, those at these indexes.
        case joined([Range<Int>])

        /// The list at this index never met the next one. Cut both ranges as one and join again; once only
        /// one range is left, that always succeeds.
        case apart(Int)
    }

    /// Joins the lists of all ranges of a file, in order.
    ///
    /// The chunks it names are those that cutting the file from beginning to end gives: the first range's cuts are
    /// right because the file begins with it; where a list's cuts meet the next one's, both go on alike, so that the
    /// next list is right from there on. Its chunks before the meeting point are dropped, since the list before has the
    /// right ones.
    public static func join(_ lists: [CutList]) -> Joining {
        var kept: [Range<Int>] = []
        var position = lists.first?.start ?? 0
        for (index, list) in lists.enumerated() {
            guard let meeting = list.meeting else { return .apart(index) }
            // When the ranges before met beyond this list's end, they met the ranges after it there too.
            guard position <= list.end else {
                kept.append(list.lengths.count..<list.lengths.count)
                continue
            }
            guard let first = list.index(ofChunkAt: position) else { return .apart(max(0, index - 1)) }
            kept.append(first..<list.lengths.count)
            position = meeting
        }
        return .joined(kept)
    }

    /// The index of the chunk that begins at `position`, or the count of chunks when the last one ends there.
    private func index(ofChunkAt position: Int64) -> Int? {
        var start = self.start
        for (index, length) in self.lengths.enumerated() {
            guard start < position else { return start == position ? index : nil }
            start += Int64(length)
        }
        return start == position ? self.lengths.count : nil
    }
}
