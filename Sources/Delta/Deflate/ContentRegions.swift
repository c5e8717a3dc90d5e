/// Where the content of deflate streams stands in opened bytes, and how each is closed.
public struct ContentRegions: Equatable, Sendable {
    struct Region: Equatable, Sendable {
        /// Bytes between the region before and this one.
        let gap: Int
        /// Bytes of content.
        let length: Int
        /// Place in ``DeflateStyle/all``.
        let style: Int
        /// Bytes of an image's chunks; 0 when the stream is in one run.
        let chunk: Int
    }

    let all: [Region]
    /// Bytes they are in.
    public let length: Int

    static let most = 1 << 15
    /// Bytes of the longest description worth reading.
    public static let longestDescription = 1 << 20

    init(_ all: [Region], length: Int) {
        self.all = all
        self.length = length
    }

    /// What a patch tells of them.
    public var description: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(varint: self.all.count)
        for region in self.all {
            bytes.append(varint: region.gap)
            bytes.append(varint: region.length)
            guard region.chunk > 0 else {
                bytes.append(varint: region.style)
                continue
            }
            bytes.append(varint: DeflateStyle.all.count + region.style)
            bytes.append(varint: region.chunk)
        }
        return bytes
    }

    /// - Parameter description: as ``description`` makes it, from anywhere.
    /// - Throws: when it does not fit `length` bytes.
    public init(description: [UInt8], length count: Int) throws(DeltaError) {
        var reader = BoundedReader(description)
        var all: [Region] = []
        var left = count
        for _ in 0..<(try reader.readInt("regions", atMost: Self.most)) {
            let gap = try reader.readInt("gap", atMost: left)
            let length = try reader.readInt("content", atMost: min(left - gap, ReopenedContent.largestStream))
            let styles = DeflateStyle.all.count
            let style = try reader.readInt("style", atMost: 2 * styles - 1)
            var chunk = 0
            if style >= styles { chunk = try reader.readInt("chunk", atMost: CarriedStream.largestChunk) }
            guard style < styles || chunk >= CarriedStream.leastChunk else {
                throw .invalid(what: "chunk", offset: reader.offset)
            }
            left -= gap + length
            all.append(Region(gap: gap, length: length, style: style % styles, chunk: chunk))
        }
        guard reader.remaining == 0 else { throw .invalid(what: "regions", offset: reader.offset) }
        self.all = all
        self.length = count
    }

    /// The opened bytes with a run of its own for what is in each stream.
    public var extents: [PatchExtent] {
        var end = 0
        let contents = self.all.map { region in
            let start = end + region.gap
            end = start + region.length
            return start..<end
        }
        return OpenedBytes.extents(of: contents, in: self.length)
    }
}
