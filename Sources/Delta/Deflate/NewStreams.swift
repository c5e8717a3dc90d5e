/// The deflate streams of some new bytes that their covers do not tell, and that a known style closes again.
public struct NewStreams: Sendable {
    /// One of them.
    struct Stream: Sendable {
        /// With its header.
        let range: Range<Int>
        /// First byte of the stream itself.
        let start: Int
        let chunk: Int
        /// Bytes of content.
        let length: Int
        /// Place in ``DeflateStyle/all``.
        let style: Int
    }

    /// Ascending and apart.
    let streams: [Stream]
    let samples: ContentSamples
    /// Of those that are members of archives.
    let names: Set<[UInt8]>
    /// Bytes of all of them that no cover tells.
    public let missing: Int

    /// Fewer bytes that no cover tells are cheaper told than opened.
    private static let leastChange = 64
    private static let leastCover = 16

    /// - Parameters:
    ///   - covers: of `new` from `old`, ascending.
    ///   - limit: bytes of content at most.
    public init(of new: Span<UInt8>, old: Span<UInt8>, covers: [Cover], limit: Int) {
        self = unsafe new.withUnsafeBufferPointer { new in
            unsafe old.withUnsafeBufferPointer { old in
                unsafe NewStreams(ByteView(new), ByteView(old), covers, min(limit, ReopenedContent.largest))
            }
        }
    }

    private init(_ new: ByteView, _ old: ByteView, _ covers: [Cover], _ limit: Int) {
        var streams: [Stream] = []
        var samples = ContentSamples()
        var names: Set<[UInt8]> = []
        var missing = 0
        // With all open, the bytes outside of streams count, too.
        var room = limit - new.count
        var cover = 0
        var search = StreamSearch(new)
        while streams.count < ContentRegions.most, let header = search.nextHeader() {
            while cover < covers.count, covers[cover].newEnd <= header.index { cover += 1 }
            let known = covers[cover...]
            if let declared = search.declaredEnd(header), declared <= new.count,
                Self.missing(header.index..<declared, new, old, known, atMost: Self.leastChange) < Self.leastChange
            {
                search.skip(to: declared)
                continue
            }
            guard let stream = search.stream(header, limit: room + new.count - header.start) else { continue }
            let own = Self.missing(stream.range, new, old, known, atMost: .max)
            let growth = stream.content.count - (stream.end - stream.start)
            guard own >= Self.leastChange, growth <= room, let style = search.style(of: stream) else { continue }
            missing += own
            room -= growth
            names.insert(CarriedStream.name(in: new, header: header.index))
            samples.add(stream.content, number: streams.count)
            streams.append(
                Stream(
                    range: stream.range, start: stream.start, chunk: stream.chunk, length: stream.content.count,
                    style: style))
        }
        self.streams = streams
        self.samples = samples
        self.names = names.subtracting([[]])
        self.missing = missing
    }

    /// Bytes of a new range that covers do not copy.
    ///
    /// - Parameters:
    ///   - covers: none ends before the range.
    ///   - most: no more are counted.
    private static func missing(
        _ range: Range<Int>, _ new: ByteView, _ old: ByteView, _ covers: ArraySlice<Cover>, atMost most: Int
    ) -> Int {
        var missing = 0
        var told = range.lowerBound
        for cover in covers {
            guard cover.newStart < range.upperBound, missing < most else { break }
            let shared = max(cover.newStart, range.lowerBound)..<min(cover.newEnd, range.upperBound)
            missing += shared.lowerBound - told
            told = shared.upperBound
            for position in shared where new[position] != old[position + cover.displacement] {
                missing += 1
                guard missing < most else { break }
            }
        }
        return missing + range.upperBound - told
    }

    /// What is left of `covers` outside these streams.
    ///
    /// - Parameter covers: those that were looked at.
    public func clearing(_ covers: [Cover]) -> [Cover] {
        var left: [Cover] = []
        var next = 0
        for cover in covers {
            var start = cover.newStart
            while next < self.streams.count, self.streams[next].range.upperBound <= start { next += 1 }
            var stream = next
            while start < cover.newEnd {
                let hole = stream < self.streams.count ? self.streams[stream].range : cover.newEnd..<cover.newEnd
                let end = min(max(hole.lowerBound, start), cover.newEnd)
                if end - start == cover.length || end - start >= Self.leastCover {
                    left.append(Cover(newStart: start, oldStart: start + cover.displacement, length: end - start))
                }
                start = max(start, hole.upperBound)
                stream += 1
            }
        }
        return left
    }
}
