/// New content with the deflate streams in it opened, and what it takes to close them again byte for byte.
///
/// Deflated bytes do not compress; what is in them does. A stream is opened only when one of ``DeflateStyle/all`` makes the
/// very same stream of its content again, which is tried here and nowhere assumed.
public struct ReopenedContent: Equatable, Sendable {
    /// Everything, with the content of streams in their place.
    public let content: [UInt8]
    public let regions: ContentRegions

    /// Bytes of opened content at most.
    public static let largest = 40 << 20
    static let largestStream = 24 << 20

    // MARK: Opening

    /// Opens `streams` in `closed`, where they were found.
    ///
    /// - Returns: nil when there are none.
    public init?(opening closed: [UInt8], _ streams: NewStreams) {
        guard !streams.streams.isEmpty else { return nil }
        let opened = unsafe closed.withUnsafeBufferPointer { buffer in
            unsafe Self.opened(ByteView(buffer), streams.streams)
        }
        guard let opened else { return nil }
        self.content = opened.content
        self.regions = ContentRegions(opened.regions, length: opened.content.count)
    }

    /// - Parameter content: as many bytes as `regions` were read for.
    public init(content: [UInt8], regions: ContentRegions) {
        precondition(content.count == regions.length, "regions of other content")
        self.content = content
        self.regions = regions
    }

    private static func opened(
        _ closed: ByteView, _ streams: [NewStreams.Stream]
    ) -> (content: [UInt8], regions: [ContentRegions.Region])? {
        var content: [UInt8] = []
        content.reserveCapacity(
            streams.reduce(closed.count) { $0 + $1.length - ($1.range.upperBound - $1.start) })
        var regions: [ContentRegions.Region] = []
        var taken = 0
        var lastEnd = 0
        for stream in streams {
            closed.append(taken..<stream.start, to: &content)
            let start = content.count
            guard
                OpenedBytes.append(
                    closed.part(stream.start..<stream.range.upperBound), chunk: stream.chunk, to: &content,
                    limit: stream.length)
            else { return nil }
            regions.append(
                ContentRegions.Region(
                    gap: start - lastEnd, length: content.count - start, style: stream.style, chunk: stream.chunk))
            lastEnd = content.count
            taken = stream.range.upperBound
        }
        closed.append(taken..<closed.count, to: &content)
        return (content, regions)
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
        for region in self.regions.all {
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
}
