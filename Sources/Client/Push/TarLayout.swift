/// Where every byte of a tree's tar archive comes from, without the archive.
///
/// The archive of a tree is never written: any range of it can be made from the entries and the files, in any order,
/// by many readers at once, and again after a crash. The same entries give the same bytes on every machine.
public struct TarLayout: Equatable, Sendable {
    /// A run of the archive.
    public enum Segment: Equatable, Sendable {
        /// Headers and padding.
        case bytes([UInt8])
        /// Bytes of the entry's file.
        case file(entry: Int, offset: Int64, count: Int)
    }

    /// Ordered by path.
    public let entries: [TarEntry]
    /// Bytes of the whole archive, the two zero blocks at its end included.
    public let size: Int64
    /// Where each entry's headers begin.
    private let starts: [Int64]

    /// - Parameter entries: one for each path, in any order.
    public init(_ entries: [TarEntry]) {
        let sorted = entries.sorted { $0.path < $1.path }
        var starts: [Int64] = []
        starts.reserveCapacity(sorted.count)
        var position: Int64 = 0
        for entry in sorted {
            starts.append(position)
            position += TarHeader.length(of: entry) + TarHeader.padded(entry.size)
        }
        self.entries = sorted
        self.starts = starts
        self.size = position + 2 * TarHeader.blockSize
    }

    /// What to put together for a range of the archive.
    ///
    /// - Parameter range: inside 0 to ``size``.
    /// - Returns: segments in order, none empty, that add up to the range.
    public func segments(in range: Range<Int64>) -> [Segment] {
        precondition(range.lowerBound >= 0 && range.upperBound <= self.size, "no bytes at \(range)")
        var segments: [Segment] = []
        var position = range.lowerBound
        var entry = self.entry(at: position)
        while position < range.upperBound {
            let end = entry + 1 < self.starts.count ? self.starts[entry + 1] : self.size
            let part = position..<min(end, range.upperBound)
            if entry < self.entries.count {
                self.append(part, of: entry, to: &segments)
            } else {
                self.append(zeros: part, to: &segments)
            }
            position = part.upperBound
            entry += 1
        }
        return segments
    }

    /// The last entry that begins at or before a position.
    private func entry(at position: Int64) -> Int {
        var low = 0
        var high = self.starts.count
        while low < high {
            let middle = (low + high) / 2
            if self.starts[middle] <= position { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    private func append(_ part: Range<Int64>, of index: Int, to segments: inout [Segment]) {
        let entry = self.entries[index]
        let start = self.starts[index]
        let content = start + TarHeader.length(of: entry)
        if part.lowerBound < content {
            let header = TarHeader.bytes(of: entry)
            self.append(
                header[Int(part.lowerBound - start)..<Int(min(content, part.upperBound) - start)], to: &segments)
        }
        let body = part.clamped(to: content..<content + entry.size)
        if !body.isEmpty {
            segments.append(.file(entry: index, offset: body.lowerBound - content, count: Int(body.count)))
        }
        self.append(
            zeros: max(part.lowerBound, content + entry.size)..<max(part.upperBound, content + entry.size),
            to: &segments)
    }

    private func append(zeros range: Range<Int64>, to segments: inout [Segment]) {
        // Padding is shorter than a block, and the end of the archive is two blocks.
        if !range.isEmpty { self.append([UInt8](repeating: 0, count: range.count)[...], to: &segments) }
    }

    /// Joins what is added to the bytes before it, so that a range of small files has few segments.
    private func append(_ bytes: ArraySlice<UInt8>, to segments: inout [Segment]) {
        guard !bytes.isEmpty else { return }
        if case .bytes(var last) = segments.last {
            segments.removeLast()
            last += bytes
            segments.append(.bytes(last))
        } else {
            segments.append(.bytes(Array(bytes)))
        }
    }
}
