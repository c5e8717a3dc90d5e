import Content
import Delta
import Digests
import Zstd

/// Makes the payload of one group by every method that may be the smallest.
struct GroupMaker: Sendable {
    let level: PatchLevel
    let cache: ReferenceCache

    /// A finished group, all but its place in the patch.
    struct Made: Sendable {
        let method: PatchMethod
        let payload: [UInt8]
        let inputs: PatchView
        let outputs: PatchView
        let digest: Digest
    }

    private var zstdLevel: Int {
        switch self.level {
        case .fast: 3
        case .standard: 19
        case .best: 22
        }
    }

    func make(_ group: GroupPlan.Group) throws -> Made {
        let new = try group.output.read()
        var best = Candidate(method: .stored, payload: new, inputs: PatchView(parts: []))
        if let difference = try self.difference(new, group), difference.payload.count < best.payload.count {
            best = difference
        }
        // A difference this small is out of reach for a compressor that does not know the old bytes.
        if best.payload.count > new.count / 4 {
            var compressor = try ZstdCompressor(GroupCodec.settings(level: self.zstdLevel, size: new.count))
            let frame = try compressor.compress(new.span)
            if frame.count < best.payload.count {
                best = Candidate(method: .zstd, payload: frame, inputs: PatchView(parts: []))
            }
        }
        return Made(
            method: best.method, payload: best.payload, inputs: best.inputs, outputs: group.output,
            digest: Digest.sha256(of: new))
    }

    private struct Candidate {
        let method: PatchMethod
        let payload: [UInt8]
        let inputs: PatchView
    }

    private func difference(_ new: [UInt8], _ group: GroupPlan.Group) throws -> Candidate? {
        guard !group.references.isEmpty else { return nil }
        guard let references = try self.cache.match(new.span, of: group) else { return nil }
        let old = references.bytes
        let covers = references.covers
        guard !covers.isEmpty, let used = UsedRanges(covers) else { return nil }
        let inputs = references.view.narrowed(to: used.ranges)
        var narrowed: [UInt8] = []
        narrowed.reserveCapacity(inputs.length)
        for range in used.ranges { narrowed.append(contentsOf: old[range]) }
        guard self.level != .fast, used.covers.count <= PatchLimits.covers else {
            let streams = DifferenceStreams(new: new.span, old: narrowed.span, covers: used.covers)
            let payload = try DifferencePayload.encode(streams, level: self.zstdLevel)
            return Candidate(method: .difference, payload: payload, inputs: inputs)
        }
        let origins = PatchOrigins(outputs: group.output.extents, inputs: inputs.extents)
        var best: ModelledDifference?
        for followsReferences in [true, false] {
            let difference = ModelledDifference(
                new: new, old: narrowed.span, covers: used.covers, origins: origins, followsReferences: followsReferences)
            if let known = best, known.coded.count <= difference.coded.count { continue }
            best = difference
        }
        guard let best else { return nil }
        let literals = try ModelledPayload.literals(best.literals, level: self.zstdLevel)
        let payload = ModelledPayload.encode(best, literals: literals)
        return Candidate(method: .modelled, payload: payload, inputs: inputs)
    }
}
