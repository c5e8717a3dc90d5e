/// The deflate streams of some new bytes that their covers do not tell, and that a known style closes again.
public struct NewStreams: Sendable {
    /// One of them.
    struct Stream: Sendable {
        /// With its header.
        let range: Range<Int>
        /// Bytes of it in covers.
        let covered: Int
    }

    /// Ascending and apart.
    let streams: [Stream]
    let samples: ContentSamples

    /// Fewer bytes that no cover tells are cheaper told than opened.
    private static let leastChange = 64
    private static let leastCover = 16

    /// - Parameter covers: of `new` from `old`, ascending.
    public init(of new: Span<UInt8>, old: Span<UInt8>, covers: [Cover]) {
        self = unsafe new.withUnsafeBufferPointer { new in
            unsafe old.withUnsafeBufferPointer { old in
                unsafe NewStreams(ByteView(new), ByteView(old), covers)
            }
        }
    }

    private init(_ new: ByteView, _ old: ByteView, _ covers: [Cover]) {
        var streams: [Stream] = []
        var samples = ContentSamples()
        var room = ReopenedContent.largest
        var cover = 0
        var search = StreamSearch(new)
        while streams.count < ReopenedContent.mostRegions, let header = search.nextHeader() {
            while cover < covers.count, covers[cover].newEnd <= header.index { cover += 1 }
            let known = covers[cover...]
            if let declared = search.declaredEnd(header), declared <= new.count,
                !Self.isChanged(header.index..<declared, new, old, known)
            {
                search.skip(to: declared)
                continue
            }
            guard let stream = search.stream(header, limit: room), Self.isChanged(stream.range, new, old, known),
                search.style(of: stream) != nil
            else { continue }
            room -= stream.content.count
            samples.add(stream.content)
            streams.append(Stream(range: stream.range, covered: Self.covered(stream.range, known)))
        }
        self.streams = streams
        self.samples = samples
    }

    /// Whether enough of a new range is not copied by covers.
    ///
    /// - Parameter covers: none ends before the range.
    private static func isChanged(
        _ range: Range<Int>, _ new: ByteView, _ old: ByteView, _ covers: ArraySlice<Cover>
    ) -> Bool {
        var changed = 0
        var told = range.lowerBound
        for cover in covers {
            guard cover.newStart < range.upperBound else { break }
            let shared = max(cover.newStart, range.lowerBound)..<min(cover.newEnd, range.upperBound)
            changed += shared.lowerBound - told
            told = shared.upperBound
            for position in shared where new[position] != old[position + cover.displacement] {
                changed += 1
                guard changed < self.leastChange else { return true }
            }
            guard changed < self.leastChange else { return true }
        }
        return changed + range.upperBound - told >= self.leastChange
    }

    private static func covered(_ range: Range<Int>, _ covers: ArraySlice<Cover>) -> Int {
        var covered = 0
        for cover in covers {
            guard cover.newStart < range.upperBound else { break }
            covered += min(cover.newEnd, range.upperBound) - max(cover.newStart, range.lowerBound)
        }
        return covered
    }

    /// Takes chance covers out of streams of which they tell less than half, so that these stand among the literals whole.
    ///
    /// - Parameter covers: those that were looked at.
    /// - Returns: what is left of them.
    public func clearingNew(from covers: [Cover]) -> [Cover] {
        Self.clearing(self.streams.filter { $0.covered < $0.range.count / 2 }.map(\.range), from: covers)
    }

    /// - Parameters:
    ///   - streams: ascending and apart.
    ///   - covers: ascending.
    /// - Returns: what is left of the covers outside the streams.
    static func clearing(_ streams: [Range<Int>], from covers: [Cover]) -> [Cover] {
        guard !streams.isEmpty else { return covers }
        var left: [Cover] = []
        var next = 0
        for cover in covers {
            var start = cover.newStart
            while next < streams.count, streams[next].upperBound <= start { next += 1 }
            var stream = next
            while start < cover.newEnd {
                let hole = stream < streams.count ? streams[stream] : cover.newEnd..<cover.newEnd
                let end = min(max(hole.lowerBound, start), cover.newEnd)
                if end - start == cover.length || end - start >= self.leastCover {
                    left.append(Cover(newStart: start, oldStart: start + cover.displacement, length: end - start))
                }
                start = max(start, hole.upperBound)
                stream += 1
            }
        }
        return left
    }
}
