/// New deflate streams that the old bytes do not hold as they are, with the old ones whose content resembles theirs.
public struct EditedStreams: Equatable, Sendable {
    /// Covers without what they had of the new streams, which so stand among the literals whole.
    public let covers: [Cover]
    /// Not in any cover whole.
    public let old: OldStreams

    /// Fewer bytes that no cover tells are cheaper told than opened.
    private static let leastChange = 64
    /// Old content looked at for one group, at most.
    private static let mostInflated = 512 << 20

    /// Looks for them, and tries which of the new ones can be closed again.
    ///
    /// - Parameters:
    ///   - covers: of `new`, ascending.
    ///   - limit: bytes of content on either side, at most.
    /// - Returns: nil when there are none on either side.
    public init?(new: Span<UInt8>, old: Span<UInt8>, covers: [Cover], limit: Int) {
        let found: EditedStreams? = unsafe new.withUnsafeBufferPointer { new in
            unsafe old.withUnsafeBufferPointer { old in
                unsafe Self.found(ByteView(new), ByteView(old), covers, min(limit, ReopenedContent.largest))
            }
        }
        guard let found else { return nil }
        self = found
    }

    private init(covers: [Cover], old: OldStreams) {
        self.covers = covers
        self.old = old
    }

    private static func found(_ new: ByteView, _ old: ByteView, _ covers: [Cover], _ limit: Int) -> EditedStreams? {
        guard self.mayHold(old) else { return nil }
        var samples = ContentSamples()
        let edited = self.edited(new, old, covers, limit, &samples)
        guard !edited.isEmpty else { return nil }
        let streams = self.resembling(old, covers, limit, samples)
        guard !streams.places.isEmpty else { return nil }
        return EditedStreams(covers: ReopenedContent.clearing(edited, from: covers), old: streams)
    }

    private static func mayHold(_ old: ByteView) -> Bool {
        var index = 0
        while index + 32 < old.count {
            if ReopenedContent.streamStart(old, at: index) != nil { return true }
            index += 1
        }
        return false
    }

    /// New streams that differ from all there was, each with its header.
    private static func edited(
        _ new: ByteView, _ old: ByteView, _ covers: [Cover], _ limit: Int, _ samples: inout ContentSamples
    ) -> [Range<Int>] {
        var edited: [Range<Int>] = []
        var room = limit
        var cover = 0
        var index = 0
        var failures = 0
        var likely = 0
        while index + 32 < new.count, failures < ReopenedContent.patience, edited.count < ReopenedContent.mostRegions {
            guard let start = ReopenedContent.streamStart(new, at: index), start < new.count else {
                index += 1
                continue
            }
            let header = index
            index += 1
            while cover < covers.count, covers[cover].newEnd <= header { cover += 1 }
            if let declared = ReopenedContent.declaredEnd(new, header: header, start: start), declared <= new.count,
                self.missing(header..<declared, new, old, covers[cover...]) < self.leastChange
            {
                index = declared
                continue
            }
            guard
                let stream = CarriedStream(
                    in: new, header: header, start: start, after: edited.last?.upperBound ?? 0,
                    limit: min(ReopenedContent.largestStream, room))
            else { continue }
            index = stream.end
            let range = stream.header..<stream.end
            guard self.missing(range, new, old, covers[cover...]) >= self.leastChange else { continue }
            guard let style = ReopenedContent.style(of: stream, likely: likely) else {
                failures += 1
                continue
            }
            failures = 0
            likely = style
            room -= stream.content.count
            samples.add(stream.content)
            edited.append(range)
        }
        return edited
    }

    /// Bytes of a new range that covers do not copy.
    ///
    /// - Parameter covers: none ends before the range.
    private static func missing(
        _ range: Range<Int>, _ new: ByteView, _ old: ByteView, _ covers: ArraySlice<Cover>
    ) -> Int {
        var missing = range.count
        for cover in covers {
            guard cover.newStart < range.upperBound else { break }
            let shared = max(cover.newStart, range.lowerBound)..<min(cover.newEnd, range.upperBound)
            for position in shared where new[position] == old[position + cover.displacement] { missing -= 1 }
        }
        return missing
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
        var index = 0
        while index + 32 < old.count, inflated < self.mostInflated, places.count < OldStreams.most {
            guard let start = ReopenedContent.streamStart(old, at: index), start < old.count else {
                index += 1
                continue
            }
            let header = index
            index += 1
            while next < covers.count, covers[next].oldStart <= header {
                reach = max(reach, covers[next].oldEnd)
                next += 1
            }
            if let declared = ReopenedContent.declaredEnd(old, header: header, start: start), declared <= reach {
                index = declared
                continue
            }
            let room = limit - length - (start - header) - 4
            guard
                let stream = CarriedStream(
                    in: old, header: header, start: start, after: places.last?.range.upperBound ?? 0,
                    limit: min(ReopenedContent.largestStream, room))
            else { continue }
            inflated += stream.content.count
            index = stream.end
            guard reach < index, samples.resemble(stream.content) else { continue }
            let lead = start - stream.header
            places.append(
                OldStreams.Place(
                    start: stream.header, lead: lead, length: stream.end - start, chunk: stream.chunk))
            length += lead + stream.content.count
        }
        return OldStreams(places: places, length: length)
    }
}
