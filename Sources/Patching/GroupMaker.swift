import Content
import Delta
import Digests
import Zstd

/// Makes the payload of one group by every method that may be the smallest.
struct GroupMaker: Sendable {
    private let maker: PayloadMaker
    private let cache: ReferenceCache
    private let limits: ReferenceLimits

    /// A finished group, all but its place in the patch.
    struct Made: Sendable {
        let method: PatchMethod
        let payload: [UInt8]
        let inputs: PatchView
        let outputs: PatchView
        let digest: Digest
    }

    /// Where streams have less than this part of what is missing, opening them is not worth the time of trying.
    private static let leastOpened = 128
    /// Deflating takes whoever applies a group time, so it must save this part of the payload.
    private static let leastSaved = 64

    init(level: PatchLevel, cache: ReferenceCache, limits: ReferenceLimits) {
        self.maker = PayloadMaker(level: level)
        self.cache = cache
        self.limits = limits
    }

    func make(_ group: GroupPlan.Group) throws -> Made {
        let new = try group.output.read()
        let matched = try group.references.isEmpty ? nil : self.cache.match(new.span, of: group)
        let best = try self.best(new, group.output.extents, matched)
        return Made(
            method: best.method, payload: best.payload,
            inputs: matched?.view.narrowed(to: best.used) ?? PatchView(parts: []), outputs: group.output,
            digest: Digest.sha256(of: new))
    }

    private typealias Choice = (method: PatchMethod, payload: [UInt8], used: [Range<Int>])

    private func best(_ new: [UInt8], _ outputs: [PatchExtent], _ matched: MatchedReferences?) throws -> Choice {
        let covers = matched?.covers ?? []
        let old = matched?.bytes ?? []
        func plain() throws -> Choice {
            let made = try self.maker.payload(
                PayloadMaker.Sides(
                    new: new, old: old, covers: covers, outputs: outputs,
                    inputs: { matched?.view.narrowed(to: $0).extents ?? [] }))
            return (made.method, made.payload, made.used)
        }
        let streams = NewStreams(
            of: new.span, old: old.span, covers: covers, limit: self.limits.opened)
        let missing = new.count - covers.reduce(0) { $0 + $1.length }
        guard streams.missing > 0, streams.missing >= missing / Self.leastOpened,
            let made = try OpenedMaker(maker: self.maker, limits: self.limits).payload(of: new, streams, from: matched)
        else { return try plain() }
        let opened: Choice = (.opened, made.payload, made.used)
        // Where most of what is missing is in streams that open, nothing else comes near.
        if streams.missing >= missing / 2, opened.payload.count < streams.missing / 2 { return opened }
        let closed = try plain()
        let most = closed.payload.count - closed.payload.count / Self.leastSaved
        return opened.payload.count < most ? opened : closed
    }
}
