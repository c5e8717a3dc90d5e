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
    }

    /// Bytes of opened content at most.
    public static let largest = 48 << 20
    static let leastStream = 128
    static let largestStream = 24 << 20
    private static let mostRegions = 1 << 16
    /// Streams in a row that no style makes before nothing more is tried.
    private static let patience = 16

    // MARK: Opening

    /// Opens the members of zip archives and gzip files in `closed`.
    ///
    /// - Returns: nil when there are none that can be closed again.
    public init?(opening closed: [UInt8]) {
        let opened = unsafe closed.withUnsafeBufferPointer { buffer in
            unsafe Self.opened(ByteView(buffer))
        }
        guard !opened.regions.isEmpty else { return nil }
        self.content = opened.content
        self.regions = opened.regions
    }

    private static func opened(_ closed: ByteView) -> (content: [UInt8], regions: [Region]) {
        var content: [UInt8] = []
        var regions: [Region] = []
        var taken = 0
        var lastEnd = 0
        var failures = 0
        var likely = 0
        var index = 0
        while index + 32 < closed.count, failures < self.patience, regions.count < self.mostRegions {
            guard let start = self.streamStart(closed, at: index), start < closed.count else {
                index += 1
                continue
            }
            index += 1
            guard
                let stream = Inflater.stream(
                    in: closed, at: start, limit: min(self.largestStream, self.largest - content.count - closed.count)),
                stream.length >= self.leastStream
            else { continue }
            guard let style = self.style(of: stream, in: closed, at: start, likely: likely) else {
                failures += 1
                index = start + stream.length
                continue
            }
            failures = 0
            likely = style
            for position in taken..<start { content.append(closed[position]) }
            regions.append(Region(gap: content.count - lastEnd, length: stream.content.count, style: style))
            content.append(contentsOf: stream.content)
            lastEnd = content.count
            taken = start + stream.length
            index = taken
        }
        for position in taken..<closed.count { content.append(closed[position]) }
        return (content, regions)
    }

    /// Where the stream behind a header at `index` begins: a zip member's (APPNOTE 4.3.7) or a gzip file's (RFC 1952).
    @inline(__always) static func streamStart(_ bytes: ByteView, at index: Int) -> Int? {
        let word = bytes.word32(at: index)
        if word == 0x0403_4B50 {
            guard bytes[index + 8] == 8, bytes[index + 9] == 0 else { return nil }
            let name = Int(bytes[index + 26]) | Int(bytes[index + 27]) << 8
            let extra = Int(bytes[index + 28]) | Int(bytes[index + 29]) << 8
            return index + 30 + name + extra
        }
        return word & 0x00FF_FFFF == 0x0008_8B1F && word >> 24 == 0 ? index + 10 : nil
    }

    private static func style(
        of stream: Inflater.Stream, in closed: ByteView, at start: Int, likely: Int
    ) -> Int? {
        for style in [likely] + DeflateStyle.all.indices.filter({ $0 != likely }) {
            var made = 0
            let isSame: Bool = unsafe stream.content.withUnsafeBufferPointer { buffer in
                do throws(Deflater.GaveUp) {
                    try unsafe Deflater.deflate(ByteView(buffer), DeflateStyle.all[style]) { piece in
                        guard made + piece.count <= stream.length else { return false }
                        for (offset, byte) in piece.enumerated() where byte != closed[start + made + offset] {
                            return false
                        }
                        made += piece.count
                        return true
                    }
                    return made == stream.length
                } catch {
                    return false
                }
            }
            if isSame { return style }
        }
        return nil
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
            let isMade: Bool = unsafe self.content.withUnsafeBufferPointer { buffer in
                let content = unsafe ByteView(
                    UnsafeBufferPointer(rebasing: buffer[position..<position + region.length]))
                do throws(Deflater.GaveUp) {
                    try Deflater.deflate(content, DeflateStyle.all[region.style]) { piece in
                        guard closed.count + piece.count <= count else { return false }
                        closed.append(contentsOf: piece)
                        return true
                    }
                    return true
                } catch {
                    return false
                }
            }
            guard isMade else { throw .invalid(what: "deflated content", offset: position) }
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
            bytes.append(varint: region.style)
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
            let style = try reader.readInt("style", atMost: DeflateStyle.all.count - 1)
            left -= gap + length
            regions.append(Region(gap: gap, length: length, style: style))
        }
        guard reader.remaining == 0 else { throw .invalid(what: "regions", offset: reader.offset) }
        self.content = content
        self.regions = regions
    }
}
