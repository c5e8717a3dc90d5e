/// Old deflate streams that new ones were made from, as it seems: their contents have much in common.
public struct EditedStreams: Sendable {
    /// One of them, in the old bytes.
    public struct Stream: Sendable {
        public let place: OldStreams.Place
        /// With its header.
        public let range: Range<Int>
        /// How many bytes more it takes opened.
        public let growth: Int
    }

    /// Ascending and apart.
    public let streams: [Stream]

    private struct Candidate {
        let stream: Stream
        /// Bytes it takes opened, with its header.
        let length: Int
        let likeness: ContentSamples.Likeness
        /// Whether a new stream has its name.
        let isNamesake: Bool
        /// Whether no other has as much in common with some new stream.
        var isBest = false

        /// What comes first is opened while there is room.
        var rank: (Int, Int, Int) {
            let known = self.isBest ? self.likeness.best?.known ?? 0 : self.likeness.known
            return (self.isNamesake ? 0 : self.isBest ? 1 : 2, -known, self.stream.range.lowerBound)
        }
    }

    /// Old content looked at for one group, at most.
    private static let mostInflated = 512 << 20
    /// The part of an old stream that covers may copy while it is opened.
    private static let mostCopied = 16
    /// The part of its words, in 1/1024, that must be known; chance alone makes less.
    private static let leastLikeness = 128
    private static let leastKnown = 2

    /// Looks for old streams that resemble `streams` and that covers copy next to nothing of.
    ///
    /// - Parameters:
    ///   - covers: of the new bytes.
    ///   - limit: bytes of old content at most.
    public init(of streams: NewStreams, old: Span<UInt8>, covers: [Cover], limit: Int) {
        self.streams = unsafe old.withUnsafeBufferPointer { old in
            unsafe Self.resembling(ByteView(old), covers, min(limit, ReopenedContent.largest), streams)
        }
    }

    private static func resembling(
        _ old: ByteView, _ covers: [Cover], _ limit: Int, _ new: NewStreams
    ) -> [Stream] {
        let covers = covers.sorted { $0.oldStart < $1.oldStart }
        var candidates: [Candidate] = []
        var inflated = 0
        // How far the covers that begin before a header go.
        var reach = 0
        var next = 0
        var search = StreamSearch(old)
        while inflated < self.mostInflated, candidates.count < OldStreams.most, let header = search.nextHeader() {
            while next < covers.count, covers[next].oldStart <= header.index {
                reach = max(reach, covers[next].oldEnd)
                next += 1
            }
            // What covers copy is a stream nobody edited; opened, it would be lost to them.
            func isCopied(_ range: Range<Int>) -> Bool {
                var copied = max(0, min(reach, range.upperBound) - range.lowerBound)
                for cover in covers[next...] {
                    guard cover.oldStart < range.upperBound, copied < range.count else { break }
                    copied += min(cover.oldEnd, range.upperBound) - cover.oldStart
                }
                return copied >= max(1, range.count / self.mostCopied)
            }
            // Most are not even inflated for that.
            if let declared = search.declaredEnd(header), declared <= old.count, isCopied(header.start..<declared) {
                search.skip(to: declared)
                continue
            }
            guard let stream = search.stream(header, limit: limit) else { continue }
            inflated += stream.content.count
            guard !isCopied(stream.start..<stream.end) else { continue }
            let likeness = new.samples.likeness(of: stream.content)
            guard likeness.known >= self.leastKnown, likeness.known << 10 >= likeness.samples * self.leastLikeness
            else { continue }
            let place = OldStreams.Place(
                start: stream.start, length: stream.end - stream.start, chunk: stream.chunk)
            candidates.append(
                Candidate(
                    stream: Stream(
                        place: place, range: stream.range, growth: stream.content.count - place.length),
                    length: stream.range.count + stream.content.count - place.length,
                    likeness: likeness,
                    isNamesake: new.names.contains(CarriedStream.name(in: old, header: header.index))))
        }
        return self.likeliest(candidates, limit)
    }

    /// As many as fit `limit`: members of the same name, then for each new stream the one that has most in common with
    /// it, then the others.
    private static func likeliest(_ candidates: [Candidate], _ limit: Int) -> [Stream] {
        var candidates = candidates
        var best: [Int: Int] = [:]
        for (index, candidate) in candidates.enumerated() {
            guard let own = candidate.likeness.best else { continue }
            let known = best[own.content].map { candidates[$0].likeness.best?.known ?? 0 } ?? 0
            if own.known > known { best[own.content] = index }
        }
        for index in best.values { candidates[index].isBest = true }
        var room = limit
        var streams: [Stream] = []
        for candidate in candidates.sorted(by: { $0.rank < $1.rank }) where candidate.length <= room {
            room -= candidate.length
            streams.append(candidate.stream)
        }
        return streams.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }
}
