import Content
import Delta
import Digests
import Zstd

/// Makes the payload of one group in haste: covers from one greedy pass, streams compressed quickly.
///
/// Groups that one thread makes share their memory, for the system takes longer to clear fresh pages than we take to fill them.
struct HastyMaker: Sendable {
    private let cache: ReferenceCache
    private let rooms = Rooms(HastyRoom())

    private static let zstdLevel = 5
    /// A compressor that does not know the old bytes may do better where covers make less than one byte in so many.
    private static let fewCovered = 2

    init(cache: ReferenceCache) { self.cache = cache }

    func make(_ group: GroupPlan.Group) throws -> GroupMaker.Made {
        try self.rooms.withRoom { room in
            try group.output.read(into: &room.new)
            let digest = Digest.sha256(of: room.new)
            var (method, payload, inputs) = (PatchMethod.stored, nil as [UInt8]?, PatchView(parts: []))
            var covered = 0
            if let difference = try self.difference(group, in: &room), difference.payload.count < room.new.count {
                (method, payload, inputs) = (.difference, difference.payload, difference.inputs)
                covered = difference.covered
            }
            if covered < room.new.count / Self.fewCovered {
                var compressor = try ZstdCompressor(
                    GroupCodec.settings(level: Self.zstdLevel, size: room.new.count))
                let frame = try compressor.compress(room.new.span)
                if frame.count < payload?.count ?? room.new.count {
                    (method, payload, inputs) = (.zstd, frame, PatchView(parts: []))
                }
            }
            return GroupMaker.Made(
                method: method, payload: payload ?? room.new, inputs: inputs, outputs: group.output, digest: digest)
        }
    }

    private struct Difference {
        let payload: [UInt8]
        let inputs: PatchView
        /// Bytes that covers make.
        let covered: Int
    }

    private func difference(_ group: GroupPlan.Group, in room: inout HastyRoom) throws -> Difference? {
        guard !group.references.isEmpty, let matched = try self.cache.matchHastily(group, in: &room),
            !matched.covers.isEmpty, matched.covers.count <= PatchLimits.covers,
            let used = UsedRanges(matched.covers)
        else { return nil }
        let streams = DifferenceStreams(
            new: room.new.span, old: matched.bytes.span, covers: matched.covers, toldAs: used.covers)
        return Difference(
            payload: try DifferencePayload.encode(
                streams, level: Self.zstdLevel,
                literals: try StoredLiterals(streams.literals, level: Self.zstdLevel, isHasty: true)),
            inputs: matched.view.narrowed(to: used.ranges), covered: room.new.count - streams.literals.count)
    }
}

/// Memory that groups made in haste, one after the other, use again.
struct HastyRoom: Sendable {
    /// The group's bytes.
    var new: [UInt8] = []
    /// Old bytes chosen for it, and the table over them; not used where the old bytes are in memory for all groups.
    var old: [UInt8] = []
    var search = GreedySearch()
}
