/// Where deflate streams stand among the old bytes of a group that are opened before anything is made of them.
///
/// An edited member of an archive shares next to nothing with the old one while both are deflated; what is in them does.
public struct OldStreams: Equatable, Sendable {
    /// Where one of them stands.
    public struct Place: Hashable, Sendable {
        /// First byte of the stream.
        public let start: Int
        /// Bytes of the stream, with all that is between its chunks.
        public let length: Int
        /// Bytes of an image's chunks; 0 when the stream is in one run.
        let chunk: Int

        public var range: Range<Int> { self.start..<self.start + self.length }

        /// The same stream where its bytes were put.
        public func moved(to start: Int) -> Place { Place(start: start, length: self.length, chunk: self.chunk) }
    }

    /// Ascending and apart.
    public let places: [Place]
    /// Of all old bytes, once these streams are open: ``ReopenedContent/largest`` at most.
    public let openedLength: Int

    static let most = 1 << 16
    /// Bytes of the longest description worth reading.
    public static let longestDescription = 1 << 20

    init(places: [Place], openedLength: Int) {
        self.places = places
        self.openedLength = openedLength
    }

    /// What a patch tells of them.
    public var description: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(varint: self.places.count)
        bytes.append(varint: self.openedLength)
        var end = 0
        for place in self.places {
            bytes.append(varint: place.start - end)
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
        let openedLength = try reader.readInt("old content", atMost: ReopenedContent.largest)
        for _ in 0..<number {
            let start = try end + reader.readInt("gap", atMost: count - end)
            let length = try reader.readInt("stream", atMost: count - start)
            let chunk = try reader.readInt("chunk", atMost: CarriedStream.largestChunk)
            guard length >= 1, chunk == 0 || chunk >= CarriedStream.leastChunk else {
                throw .invalid(what: "stream", offset: reader.offset)
            }
            places.append(Place(start: start, length: length, chunk: chunk))
            end = start + length
        }
        guard reader.remaining == 0 else { throw .invalid(what: "old streams", offset: reader.offset) }
        self.places = places
        self.openedLength = openedLength
    }

    /// Opens them.
    ///
    /// - Parameter old: as many bytes as the places were checked against.
    /// - Throws: when a place holds no stream of its length, or all is more or less than ``openedLength``.
    public func opened(_ old: Span<UInt8>) throws(DeltaError) -> OpenedBytes {
        let opened = try OpenedBytes(old, at: self.places, limit: self.openedLength)
        guard opened.bytes.count == self.openedLength else {
            throw .invalid(what: "old content", offset: opened.bytes.count)
        }
        return opened
    }
}
