/// New content with the deflate streams in it opened, and what it takes to close them again byte for byte.
///
/// Deflated bytes do not compress; what is in them does. A stream is opened only when one of ``DeflateStyle/all`` makes the
/// very same stream of its content again, which is tried here and nowhere assumed.
public struct ReopenedContent: Equatable, Sendable {
    /// Everything, with the content of streams in their place.
    public let content: [UInt8]
    private let regions: [Region]

    private struct Region: Equatable, Sendable {
        /// Bytes between the region before and this one.
        let gap: Int
        /// Bytes of content.
        let length: Int
        /// Place in ``DeflateStyle/all``.
        let style: Int
        /// Bytes of an image's chunks; 0 when the stream is in one run.
        let chunk: Int
    }

    /// Bytes of opened content at most.
    public static let largest = 48 << 20
    static let leastStream = 128
    static let largestStream = 24 << 20
    static let mostRegions = 1 << 16

    // MARK: Opening

    /// Opens the members of zip archives, gzip files and PNG images in `closed`.
    ///
    /// - Parameter limit: bytes of the opened content at most, no more than ``largest``.
    /// - Returns: nil when there are none that can be closed again.
    public init?(opening closed: [UInt8], limit: Int = Self.largest) {
        let opened = unsafe closed.withUnsafeBufferPointer { buffer in
            unsafe Self.opened(ByteView(buffer), limit)
        }
        guard !opened.regions.isEmpty else { return nil }
        self.content = opened.content
        self.regions = opened.regions
    }

    private static func opened(_ closed: ByteView, _ limit: Int) -> (content: [UInt8], regions: [Region]) {
        var content: [UInt8] = []
        var regions: [Region] = []
        var taken = 0
        var lastEnd = 0
        var search = StreamSearch(closed)
        while regions.count < self.mostRegions, let header = search.nextHeader() {
            let room = limit - content.count - (closed.count - taken)
            guard let stream = search.stream(header, limit: room), let style = search.style(of: stream) else {
                continue
            }
            closed.append(taken..<stream.start, to: &content)
            regions.append(
                Region(
                    gap: content.count - lastEnd, length: stream.content.count, style: style, chunk: stream.chunk))
            content.append(contentsOf: stream.content)
            lastEnd = content.count
            taken = stream.end
        }
        closed.append(taken..<closed.count, to: &content)
        return (content, regions)
    }

    /// Where the stream behind a header at `index` begins: a zip member's (APPNOTE 4.3.7), a gzip file's (RFC 1952) or an
    /// image's (PNG 11.2.4, RFC 1950).
    @inline(__always) static func streamStart(_ bytes: ByteView, at index: Int) -> Int? {
        let word = bytes.word32(at: index)
        if word == 0x0403_4B50 {
            guard bytes[index + 8] == 8, bytes[index + 9] == 0 else { return nil }
            let name = Int(bytes[index + 26]) | Int(bytes[index + 27]) << 8
            let extra = Int(bytes[index + 28]) | Int(bytes[index + 29]) << 8
            return index + 30 + name + extra
        }
        if word == 0x5441_4449 {
            let header = Int(bytes[index + 4]) << 8 | Int(bytes[index + 5])
            // Deflate, no dictionary, and the check of the two bytes.
            return header & 0x0F20 == 0x0800 && header < 0x8000 && header % 31 == 0 ? index + 6 : nil
        }
        return word & 0x00FF_FFFF == 0x0008_8B1F && word >> 24 == 0 ? index + 10 : nil
    }

    /// Bytes that the streams take which are open here, once they are closed.
    ///
    /// - Parameter closed: bytes of all, closed.
    public func streamLength(closed: Int) -> Int {
        closed - self.content.count + self.regions.reduce(0) { $0 + $1.length }
    }

    // MARK: Closing

    /// The content as it was before it was opened.
    ///
    /// - Parameter count: bytes it must have.
    /// - Throws: ``DeltaError`` when it has another number, or took more work than allowed.
    public func closed(count: Int) throws(DeltaError) -> [UInt8] {
        var closed: [UInt8] = []
        closed.reserveCapacity(count)
        var position = 0
        for region in self.regions {
            closed.append(contentsOf: self.content[position..<position + region.gap])
            position += region.gap
            let before = closed.count
            var stream: [UInt8] = []
            let isMade: Bool = unsafe self.content.withUnsafeBufferPointer { buffer in
                let content = unsafe ByteView(
                    UnsafeBufferPointer(rebasing: buffer[position..<position + region.length]))
                var work = Deflater.mostWork(content.count)
                do throws(Deflater.GaveUp) {
                    try Deflater.deflate(content, DeflateStyle.all[region.style], work: &work) { piece in
                        guard closed.count + stream.count + piece.count <= count else { return false }
                        if region.chunk > 0 {
                            stream.append(contentsOf: piece)
                        } else {
                            closed.append(contentsOf: piece)
                        }
                        return true
                    }
                    return true
                } catch {
                    return false
                }
            }
            guard isMade else { throw .invalid(what: "deflated content", offset: position) }
            if region.chunk > 0 {
                guard before >= 2 else { throw .invalid(what: "image", offset: position) }
                closed.append(
                    contentsOf: CarriedStream.cut(stream, chunk: region.chunk, header: closed[(before - 2)...]))
                guard closed.count <= count else { throw .invalid(what: "image", offset: position) }
            }
            position += region.length
        }
        guard closed.count + self.content.count - position == count else {
            throw .invalid(what: "reopened content", offset: position)
        }
        closed.append(contentsOf: self.content[position...])
        return closed
    }

    // MARK: Description

    /// What a patch tells of the regions.
    public var description: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(varint: self.regions.count)
        for region in self.regions {
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
    /// - Throws: when it does not fit `content`.
    public init(content: [UInt8], description: [UInt8]) throws(DeltaError) {
        var reader = BoundedReader(description)
        var regions: [Region] = []
        var left = content.count
        for _ in 0..<(try reader.readInt("regions", atMost: Self.mostRegions)) {
            let gap = try reader.readInt("gap", atMost: left)
            let length = try reader.readInt("content", atMost: min(left - gap, Self.largestStream))
            let styles = DeflateStyle.all.count
            let style = try reader.readInt("style", atMost: 2 * styles - 1)
            var chunk = 0
            if style >= styles { chunk = try reader.readInt("chunk", atMost: CarriedStream.largestChunk) }
            guard style < styles || chunk >= CarriedStream.leastChunk else {
                throw .invalid(what: "chunk", offset: reader.offset)
            }
            left -= gap + length
            regions.append(Region(gap: gap, length: length, style: style % styles, chunk: chunk))
        }
        guard reader.remaining == 0 else { throw .invalid(what: "regions", offset: reader.offset) }
        self.content = content
        self.regions = regions
    }
}
