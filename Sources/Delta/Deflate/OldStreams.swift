/// Deflate streams among old bytes, whose content a compressor knows before it begins.
///
/// An edited member of an archive shares next to nothing with the old one while both are deflated; what is in them does.
public struct OldStreams: Equatable, Sendable {
    /// Where one of them stands.
    public struct Place: Hashable, Sendable {
        /// First byte of the header in front, which goes with the content.
        public let start: Int
        /// Bytes of the header.
        let lead: Int
        /// Bytes of the stream, with all that is between its chunks.
        let length: Int
        /// Bytes of an image's chunks; 0 when the stream is in one run.
        let chunk: Int

        /// Header and stream.
        public var range: Range<Int> { self.start..<self.start + self.lead + self.length }
    }

    /// Ascending and apart.
    public let places: [Place]
    /// Bytes of headers and contents together, ``ReopenedContent/largest`` at most.
    public let length: Int

    static let most = 1 << 16
    /// A zip member's name and extra field are 64 KiB at most, each.
    static let longestLead = 1 << 18
    /// Bytes of the longest description worth reading.
    public static let longestDescription = 1 << 20

    init(places: [Place], length: Int) {
        self.places = places
        self.length = length
    }

    /// The same streams where their bytes were put.
    ///
    /// - Parameter position: of a byte, from where it was; what is between header and end moves as one.
    public func moved(_ position: (Int) -> Int) -> OldStreams {
        OldStreams(
            places: self.places.map {
                Place(start: position($0.start), lead: $0.lead, length: $0.length, chunk: $0.chunk)
            },
            length: self.length)
    }

    /// What a patch tells of them.
    public var description: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(varint: self.places.count)
        bytes.append(varint: self.length)
        var end = 0
        for place in self.places {
            bytes.append(varint: place.start - end)
            bytes.append(varint: place.lead)
            bytes.append(varint: place.length)
            bytes.append(varint: place.chunk)
            end = place.range.upperBound
        }
        return bytes
    }

    /// - Parameters:
    ///   - description: as ``description`` makes it, from anywhere.
    ///   - count: old bytes, in which all must lie.
    public init(description: [UInt8], old count: Int) throws(DeltaError) {
        var reader = BoundedReader(description)
        var places: [Place] = []
        var end = 0
        let number = try reader.readInt("old streams", atMost: Self.most)
        let length = try reader.readInt("old content", atMost: ReopenedContent.largest)
        for _ in 0..<number {
            let start = try end + reader.readInt("gap", atMost: count - end)
            let lead = try reader.readInt("header", atMost: min(Self.longestLead, count - start))
            let length = try reader.readInt("stream", atMost: count - start - lead)
            let chunk = try reader.readInt("chunk", atMost: CarriedStream.largestChunk)
            guard length >= 1, chunk == 0 || chunk >= CarriedStream.leastChunk else {
                throw .invalid(what: "stream", offset: reader.offset)
            }
            places.append(Place(start: start, lead: lead, length: length, chunk: chunk))
            end = start + lead + length
        }
        guard reader.remaining == 0 else { throw .invalid(what: "old streams", offset: reader.offset) }
        self.places = places
        self.length = length
    }

    /// Headers and contents, one after the other.
    ///
    /// - Parameter old: as many bytes as the places were checked against.
    /// - Throws: when a place holds no stream of its length, or all hold more or less than ``length``.
    public func content(in old: Span<UInt8>) throws(DeltaError) -> [UInt8] {
        try unsafe old.withUnsafeBufferPointer { buffer throws(DeltaError) in
            try unsafe self.content(in: ByteView(buffer))
        }
    }

    private func content(in old: ByteView) throws(DeltaError) -> [UInt8] {
        var content: [UInt8] = []
        content.reserveCapacity(self.length)
        for place in self.places {
            guard place.range.upperBound <= old.count, place.lead <= self.length - content.count else {
                throw .invalid(what: "old stream", offset: place.start)
            }
            let start = place.start + place.lead
            old.append(place.start..<start, to: &content)
            let limit = min(ReopenedContent.largestStream, self.length - content.count)
            // Nothing behind the stream is looked at, so that all of them together read the old bytes once.
            let carried = old.part(start..<start + place.length)
            guard let inflated = Self.inflated(carried, chunk: place.chunk, limit: limit) else {
                throw .invalid(what: "old stream", offset: place.start)
            }
            content.append(contentsOf: inflated)
        }
        guard content.count == self.length else { throw .invalid(what: "old content", offset: content.count) }
        return content
    }

    /// What is in a stream that fills all of `carried`.
    private static func inflated(_ carried: ByteView, chunk: Int, limit: Int) -> [UInt8]? {
        guard chunk > 0 else { return self.inflated(carried, limit: limit) }
        return unsafe CarriedStream.joined(carried, chunk: chunk).withUnsafeBufferPointer { buffer in
            unsafe self.inflated(ByteView(buffer), limit: limit)
        }
    }

    private static func inflated(_ bytes: ByteView, limit: Int) -> [UInt8]? {
        // Blocks are few for the bytes of content, so that these are bound enough.
        var work = Int.max
        guard let stream = Inflater.stream(in: bytes, at: 0, limit: limit, work: &work), stream.length == bytes.count
        else { return nil }
        return stream.content
    }
}
