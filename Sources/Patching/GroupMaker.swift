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
        if best.mayLoseToCompressor(new.count) {
            let streams = DifferenceStreams(new: new.span, old: [UInt8]().span, covers: [])
            let whole = try self.whole(streams)
            if whole.payload.count < best.payload.count { best = whole }
            if let reopened = try self.reopened(streams, insteadOf: best, literals: best.payload.count) {
                best = reopened
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
        /// Bytes that covers make, and the bytes of the payload that tell how.
        var covered = 0
        var coverCost = 0

        /// A difference is out of reach for a compressor that does not know the old bytes, unless it made few of them or
        /// they are next to nothing once compressed.
        func mayLoseToCompressor(_ count: Int) -> Bool {
            self.payload.count > count / 4 && self.coverCost >= self.covered / 64
        }
    }

    /// All as new.
    private func whole(_ streams: DifferenceStreams) throws -> Candidate {
        let literals = try self.stored(streams.literals)
        let inputs = PatchView(parts: [])
        switch literals.form {
        case .plain: return Candidate(method: .stored, payload: literals.body, inputs: inputs)
        case .zstd: return Candidate(method: .zstd, payload: literals.body, inputs: inputs)
        case .coded:
            let payload = try DifferencePayload.encode(streams, level: self.zstdLevel, literals: literals)
            return Candidate(method: .difference, payload: payload, inputs: inputs)
        }
    }

    private func stored(_ literals: [UInt8]) throws(ZstdError) -> StoredLiterals {
        try StoredLiterals(literals, level: self.zstdLevel, isHasty: self.level == .fast)
    }

    private func difference(_ new: [UInt8], _ group: GroupPlan.Group) throws -> Candidate? {
        guard !group.references.isEmpty else { return nil }
        guard let references = try self.cache.match(new.span, of: group) else { return nil }
        let old = references.bytes
        let covers =
            self.level == .fast
            ? references.covers : ReopenedContent.clearingStreams(of: new.span, from: references.covers)
        guard !covers.isEmpty, let used = UsedRanges(covers) else { return nil }
        let inputs = references.view.narrowed(to: used.ranges)
        var narrowed: [UInt8] = []
        narrowed.reserveCapacity(inputs.length)
        for range in used.ranges { narrowed.append(contentsOf: old[range]) }
        guard self.level != .fast, used.covers.count <= PatchLimits.covers else {
            let streams = DifferenceStreams(new: new.span, old: narrowed.span, covers: used.covers)
            let payload = try DifferencePayload.encode(
                streams, level: self.zstdLevel, literals: self.stored(streams.literals))
            return Candidate(method: .difference, payload: payload, inputs: inputs)
        }
        let origins = PatchOrigins(outputs: group.output.extents, inputs: inputs.extents)
        let followed = ReferenceTrial.best(new: new, old: narrowed, covers: used.covers, origins: origins)
        let modelled = ModelledDifference(
            new: new, old: narrowed.span, covers: used.covers, origins: origins, references: followed)
        let literals = try self.stored(modelled.literals)
        var best = Candidate(
            method: .modelled, payload: ModelledPayload.encode(modelled, literals: literals), inputs: inputs)
        if modelled.coded.count < literals.count / Self.mostlyNew {
            // A compressor does as well with what little there is beside new content, and is quicker to apply.
            let streams = DifferenceStreams(new: new.span, old: narrowed.span, covers: used.covers)
            let payload = try DifferencePayload.encode(streams, level: self.zstdLevel, literals: literals)
            if payload.count < best.payload.count {
                best = Candidate(method: .difference, payload: payload, inputs: inputs)
            }
            if let reopened = try self.reopened(streams, insteadOf: best, literals: literals.count) { best = reopened }
        }
        best.covered = new.count - modelled.literals.count
        best.coverCost = max(0, best.payload.count - literals.count)
        return best
    }

    /// How many times what the model makes the literals must be for them to be nearly all.
    private static let mostlyNew = 8

    /// Fewer literals are not worth looking into.
    private static let leastReopened = 1 << 12
    /// What a group takes while it is applied, at most.
    private static let mostMemory = 112 << 20

    /// The same difference with opened literals, if that is smaller.
    ///
    /// - Parameter literals: bytes of `candidate` that its literals take.
    private func reopened(
        _ streams: DifferenceStreams, insteadOf candidate: Candidate, literals: Int
    ) throws -> Candidate? {
        guard self.level != .fast, literals >= Self.leastReopened,
            let content = ReopenedContent(opening: streams.literals)
        else { return nil }
        let body = try self.stored(content.content)
        guard body.count < literals else { return nil }
        var streams = streams
        let memory =
            candidate.inputs.length + 2 * streams.literals.count + content.content.count + body.count
        guard memory <= Self.mostMemory else { return nil }
        streams.literals = content.content
        let payload = try DifferencePayload.encode(
            streams, level: self.zstdLevel, literals: body, description: content.description)
        guard payload.count < candidate.payload.count else { return nil }
        return Candidate(method: .reopened, payload: payload, inputs: candidate.inputs)
    }
}
