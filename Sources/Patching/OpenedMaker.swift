import Delta
import Zstd

/// Tells a group by what is in the deflate streams of both sides.
struct OpenedMaker {
    let maker: PayloadMaker
    let limits: ReferenceLimits

    struct Made {
        let payload: [UInt8]
        /// What is needed of the old bytes.
        let used: [Range<Int>]
    }

    /// - Parameters:
    ///   - streams: those of `new` that `matched` does not tell.
    ///   - matched: nil without old bytes.
    /// - Returns: nil when there is nothing to open, or no room for it beside what covers copy.
    func payload(of new: [UInt8], _ streams: NewStreams, from matched: MatchedReferences?) throws -> Made? {
        guard let opened = ReopenedContent(opening: new, streams), let (old, used) = try self.old(streams, matched)
        else { return nil }
        let sides = PayloadMaker.Sides(
            new: opened.content, old: old.bytes, covers: try self.covers(of: opened.content, old: old.bytes),
            whole: old.contents, outputs: opened.regions.extents, inputs: { old.part($0).extents })
        let made = try self.maker.payload(sides)
        let part = old.part(made.used)
        let payload = OpenedPayload(method: made.method, payload: made.payload, new: opened, old: part.streams)
        return Made(
            payload: try payload.encoded(level: self.maker.zstdLevel),
            used: part.closed.flatMap { used?.ranges(of: $0) ?? [] })
    }

    /// The old bytes that may be of use, and where they stand; nil when those that covers copy leave no room for more.
    private func old(_ streams: NewStreams, _ matched: MatchedReferences?) throws -> (OpenedBytes, UsedRanges?)? {
        guard let matched else { return (try OpenedBytes([UInt8]().span, at: [], limit: 0), nil) }
        let covers = streams.clearing(matched.covers)
        guard let covered = UsedRanges(covers), covered.length < self.limits.opened else { return nil }
        let edited = EditedStreams(
            of: streams, old: matched.bytes.span, covers: covers, limit: self.limits.opened - covered.length)
        guard let used = UsedRanges(covers, and: edited.streams.map(\.range)), used.length <= ReopenedContent.largest
        else { return nil }
        // What joins them takes room, too: those that no longer fit stay closed.
        var length = used.length
        var places: [OldStreams.Place] = []
        for stream in edited.streams where length + stream.growth <= ReopenedContent.largest {
            length += stream.growth
            places.append(stream.place.moved(to: used.position(of: stream.place.start)))
        }
        return (try OpenedBytes(used.bytes(of: matched.bytes).span, at: places, limit: length), used)
    }

    private func covers(of new: [UInt8], old: [UInt8]) throws -> [Cover] {
        guard !old.isEmpty else { return [] }
        // What is opened is in no file, and nobody asks where it was.
        let view = PatchView(parts: [])
        return try LoadedReferences.match(new.span, against: old, of: view, matching: .exhaustive).covers
    }
}
