extension ReopenedContent {
    /// A cover this long that goes on over the beginning of a stream means that the stream was there before.
    private static let knownLength = 1 << 10
    private static let leastCover = 16

    /// Takes chance covers out of deflate streams that are new, so that they stand among the literals whole.
    ///
    /// - Parameter covers: of `new`, ascending.
    /// - Returns: what is left of them.
    public static func clearingStreams(of new: Span<UInt8>, from covers: [Cover]) -> [Cover] {
        let streams = unsafe new.withUnsafeBufferPointer { buffer in
            unsafe self.newStreams(ByteView(buffer), covers)
        }
        return self.clearing(streams, from: covers)
    }

    /// - Parameters:
    ///   - streams: ascending and apart.
    ///   - covers: ascending.
    /// - Returns: what is left of the covers outside the streams.
    static func clearing(_ streams: [Range<Int>], from covers: [Cover]) -> [Cover] {
        guard !streams.isEmpty else { return covers }
        var left: [Cover] = []
        var next = 0
        for cover in covers {
            var start = cover.newStart
            while next < streams.count, streams[next].upperBound <= start { next += 1 }
            var stream = next
            while start < cover.newEnd {
                let hole = stream < streams.count ? streams[stream] : cover.newEnd..<cover.newEnd
                let end = min(max(hole.lowerBound, start), cover.newEnd)
                if end - start == cover.length || end - start >= self.leastCover {
                    left.append(Cover(newStart: start, oldStart: start + cover.displacement, length: end - start))
                }
                start = max(start, hole.upperBound)
                stream += 1
            }
        }
        return left
    }

    /// Where new streams stand: most of each is in no cover.
    private static func newStreams(_ new: ByteView, _ covers: [Cover]) -> [Range<Int>] {
        var streams: [Range<Int>] = []
        var cover = 0
        var index = 0
        var taken = 0
        var failures = 0
        var likely = 0
        while index + 32 < new.count {
            while cover < covers.count, covers[cover].newEnd <= index { cover += 1 }
            if cover < covers.count, covers[cover].newStart <= index, covers[cover].newEnd - index > self.knownLength {
                index = covers[cover].newEnd - self.knownLength
                continue
            }
            guard let start = self.streamStart(new, at: index), start < new.count else {
                index += 1
                continue
            }
            let header = index
            index += 1
            var known = cover
            while known < covers.count, covers[known].newEnd <= start { known += 1 }
            if known < covers.count, covers[known].newStart <= start,
                covers[known].newEnd - start >= self.knownLength
            {
                continue
            }
            guard
                let stream = CarriedStream(
                    in: new, header: header, start: start, after: streams.last?.upperBound ?? 0,
                    limit: min(self.largestStream, self.largest - taken))
            else { continue }
            let end = stream.end
            var covered = 0
            while known < covers.count, covers[known].newStart < end {
                covered += min(covers[known].newEnd, end) - max(covers[known].newStart, start)
                known += 1
            }
            index = end
            guard covered < (end - start) / 2 else { continue }
            // Images are many, and packed by many programs; where none of ours made them, chance covers are a gain.
            if stream.isImage {
                guard failures < self.patience, let style = self.style(of: stream, likely: likely) else {
                    failures += 1
                    continue
                }
                failures = 0
                likely = style
            }
            taken += stream.content.count
            // The header stays with its stream, or the stream would not be found.
            streams.append(stream.header..<end)
        }
        return streams
    }
}
