/// New deflate streams that the old bytes do not hold as they are, with the old ones whose content resembles theirs.
public struct EditedStreams: Equatable, Sendable {
    /// Covers without what they had of the new streams, which so stand among the literals whole.
    public let covers: [Cover]
    /// Not in any cover whole.
    public let old: OldStreams
    /// What opening both sides can save at the very most: bytes of the streams on the side that has fewer.
    public let mostSaved: Int

    /// Old content looked at for one group, at most.
    private static let mostInflated = 512 << 20

    /// Looks for old streams that resemble `streams`.
    ///
    /// - Parameters:
    ///   - covers: of the new bytes, ascending.
    ///   - limit: bytes of old content at most.
    /// - Returns: nil when there are none on either side.
    public init?(of streams: NewStreams, old: Span<UInt8>, covers: [Cover], limit: Int) {
        guard !streams.streams.isEmpty else { return nil }
        let found = unsafe old.withUnsafeBufferPointer { old in
            unsafe Self.resembling(ByteView(old), covers, min(limit, ReopenedContent.largest), streams.samples)
        }
        guard !found.places.isEmpty else { return nil }
        self.covers = NewStreams.clearing(streams.streams.map(\.range), from: covers)
        self.old = found
        self.mostSaved = min(
            streams.streams.reduce(0) { $0 + $1.range.count }, found.places.reduce(0) { $0 + $1.range.count })
    }

    /// Old streams that no cover copies whole and that have much in common with the new ones.
    private static func resembling(
        _ old: ByteView, _ covers: [Cover], _ limit: Int, _ samples: ContentSamples
    ) -> OldStreams {
        let covers = covers.sorted { $0.oldStart < $1.oldStart }
        var places: [OldStreams.Place] = []
        var length = 0
        var inflated = 0
        // How far the covers that begin before a header go.
        var reach = 0
        var next = 0
        var search = StreamSearch(old)
        while inflated < self.mostInflated, places.count < OldStreams.most, let header = search.nextHeader() {
            while next < covers.count, covers[next].oldStart <= header.index {
                reach = max(reach, covers[next].oldEnd)
                next += 1
            }
            if let declared = search.declaredEnd(header), declared <= reach {
                search.skip(to: declared)
                continue
            }
            let room = limit - length - (header.start - header.index) - CarriedStream.imageLength
            guard let stream = search.stream(header, limit: room) else { continue }
            inflated += stream.content.count
            guard reach < stream.end, samples.resemble(stream.content) else { continue }
            let lead = stream.start - stream.header
            places.append(
                OldStreams.Place(
                    start: stream.header, lead: lead, length: stream.end - stream.start, chunk: stream.chunk))
            length += lead + stream.content.count
        }
        return OldStreams(places: places, length: length)
    }
}
