/// Finds new bytes that stand in more than one group and not in the old version.
public struct RepeatFinder: Sendable {
    private let old: SeedIndex
    private let limit: Int
    /// Where each sample was first: group above position.
    private var first: [UInt32: UInt64] = [:]
    /// Marked windows of each group, by position of their end.
    private var marked: [[Int32]] = []

    /// - Parameter memory: about as many bytes are used; samples that find no room are forgotten.
    public init(old: SeedIndex, memory: Int) {
        self.old = old
        self.limit = memory / 32
    }

    /// Adds the new bytes of one group; groups come in ascending order.
    public mutating func add(_ new: Span<UInt8>, group: Int) {
        while self.marked.count <= group { self.marked.append([]) }
        self.old.forEachUnknown(in: new) { position, hash in
            if let earlier = self.first[hash] {
                let number = Int(earlier >> 32)
                if number != group { self.marked[number].append(Int32(truncatingIfNeeded: earlier & 0xFFFF_FFFF)) }
            } else if self.first.count < self.limit {
                self.first[hash] = UInt64(group) << 32 | UInt64(position)
            }
        }
    }

    /// The bytes found: for each group that has any, ascending ranges of its new bytes that do not overlap.
    ///
    /// - Parameters:
    ///   - least: shorter ranges are left out.
    ///   - most: bytes together; what exceeds it is left out.
    public func ranges(least: Int, most: Int) -> [(group: Int, ranges: [Range<Int>])] {
        var found: [(group: Int, ranges: [Range<Int>])] = []
        var room = most
        for (group, ends) in self.marked.enumerated() {
            var ranges: [Range<Int>] = []
            for end in ends.sorted() {
                let window = max(0, Int(end) - SeedIndex.window)..<Int(end)
                // Samples this near each other almost always belong together.
                if let last = ranges.last, window.lowerBound <= last.upperBound + 256 {
                    ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, window.upperBound)
                } else {
                    ranges.append(window)
                }
            }
            ranges.removeAll { $0.count < least }
            var kept: [Range<Int>] = []
            for range in ranges where range.count <= room {
                room -= range.count
                kept.append(range)
            }
            if !kept.isEmpty { found.append((group, kept)) }
        }
        return found
    }
}
