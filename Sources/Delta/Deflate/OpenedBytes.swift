/// Old bytes with deflate streams in them opened.
public struct OpenedBytes: Sendable {
    public let bytes: [UInt8]
    /// The streams, as they stood.
    private let places: [OldStreams.Place]
    /// What is in each of them, in ``bytes``: ascending and apart.
    public let contents: [Range<Int>]

    /// - Parameters:
    ///   - places: ascending and apart.
    ///   - limit: bytes there may be, at most.
    /// - Throws: when a place holds no stream of its length, or the limit is passed.
    public init(_ old: Span<UInt8>, at places: [OldStreams.Place], limit: Int) throws(DeltaError) {
        self.places = places
        (self.bytes, self.contents) = try unsafe old.withUnsafeBufferPointer { buffer throws(DeltaError) in
            try unsafe Self.opened(ByteView(buffer), places, limit)
        }
    }

    private static func opened(
        _ old: ByteView, _ places: [OldStreams.Place], _ limit: Int
    ) throws(DeltaError) -> ([UInt8], [Range<Int>]) {
        var bytes: [UInt8] = []
        var contents: [Range<Int>] = []
        bytes.reserveCapacity(limit)
        var end = 0
        for place in places {
            guard place.start >= end, place.range.upperBound <= old.count,
                bytes.count + place.start - end <= limit
            else { throw .invalid(what: "old stream", offset: place.start) }
            old.append(end..<place.start, to: &bytes)
            let start = bytes.count
            // Nothing behind the stream is looked at, so that all of them together read the old bytes once.
            let room = min(ReopenedContent.largestStream, limit - start)
            guard Self.append(old.part(place.range), chunk: place.chunk, to: &bytes, limit: room) else {
                throw .invalid(what: "old stream", offset: place.start)
            }
            contents.append(start..<bytes.count)
            end = place.range.upperBound
        }
        guard bytes.count + old.count - end <= limit else { throw .invalid(what: "old content", offset: end) }
        old.append(end..<old.count, to: &bytes)
        return (bytes, contents)
    }

    /// Appends what is in a stream that fills all of `carried`.
    ///
    /// - Returns: whether it is one.
    static func append(_ carried: ByteView, chunk: Int, to bytes: inout [UInt8], limit: Int) -> Bool {
        guard chunk > 0 else { return Inflater.append(carried, to: &bytes, limit: limit) }
        return unsafe CarriedStream.joined(carried, chunk: chunk).withUnsafeBufferPointer { buffer in
            Inflater.append(unsafe ByteView(buffer), to: &bytes, limit: limit)
        }
    }

    // MARK: Parts

    /// Some of the bytes, with whole streams, and what they were before.
    public struct Part: Sendable {
        /// Where its bytes stood in the old ones.
        public let closed: [Range<Int>]
        /// The streams in them, once these ranges are side by side.
        public let streams: OldStreams
        /// For each content its own run, so that what counts from a file's beginning does so there, too.
        public let extents: [PatchExtent]
    }

    /// - Parameter ranges: of ``bytes``, ascending and apart; each content is in one of them or outside of all.
    public func part(_ ranges: [Range<Int>]) -> Part {
        var closed: [Range<Int>] = []
        var places: [OldStreams.Place] = []
        var contents: [Range<Int>] = []
        var next = 0
        // How much longer all before was made by opening, and the bytes of all ranges before, closed and open.
        var growth = 0
        var closedLength = 0
        var length = 0
        for range in ranges {
            func pass(_ index: Int) { growth += self.contents[index].count - self.places[index].length }
            while next < self.contents.count, self.contents[next].upperBound <= range.lowerBound {
                pass(next)
                next += 1
            }
            let start = range.lowerBound - growth
            while next < self.contents.count, self.contents[next].upperBound <= range.upperBound {
                let place = self.places[next]
                places.append(place.moved(to: closedLength + place.start - start))
                let content = self.contents[next]
                contents.append(
                    length + content.lowerBound - range.lowerBound..<length + content.upperBound - range.lowerBound)
                pass(next)
                next += 1
            }
            let end = range.upperBound - growth
            closed.append(start..<end)
            closedLength += end - start
            length += range.count
        }
        return Part(
            closed: closed, streams: OldStreams(places: places, openedLength: length),
            extents: Self.extents(of: contents, in: length))
    }

    /// Of all bytes, as a ``Part`` has them.
    public var extents: [PatchExtent] { Self.extents(of: self.contents, in: self.bytes.count) }

    /// - Parameter contents: ascending and apart.
    static func extents(of contents: [Range<Int>], in count: Int) -> [PatchExtent] {
        var extents: [PatchExtent] = []
        var end = 0
        for (number, content) in contents.enumerated() {
            if content.lowerBound > end {
                extents.append(PatchExtent(file: 0, offset: Int64(end), length: content.lowerBound - end))
            }
            if !content.isEmpty { extents.append(PatchExtent(file: number + 1, offset: 0, length: content.count)) }
            end = content.upperBound
        }
        if count > end { extents.append(PatchExtent(file: 0, offset: Int64(end), length: count - end)) }
        return extents
    }
}
