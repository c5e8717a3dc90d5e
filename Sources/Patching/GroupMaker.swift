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
            var compressor = try ZstdCompressor(GroupCodec.settings(level: self.zstdLevel, size: new.count))
            let frame = try compressor.compress(new.span)
            if frame.count < best.payload.count {
                best = Candidate(method: .zstd, payload: frame, inputs: PatchView(parts: []))
            }
            let streams = DifferenceStreams(new: new.span, old: [UInt8]().span, covers: [])
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

    private func difference(_ new: [UInt8], _ group: GroupPlan.Group) throws -> Candidate? {
        guard !group.references.isEmpty else { return nil }
        guard let references = try self.cache.match(new.span, of: group) else { return nil }
        guard self.level != .fast else { return try self.difference(new, group, references, references.covers) }
        let streams = NewStreams(of: new.span, old: references.bytes.span, covers: references.covers)
        let covers = streams.clearingNew(from: references.covers)
        let best = try self.difference(new, group, references, covers)
        let size = best?.payload.count ?? new.count
        guard let recalled = try self.recalled(new, group, references, covers, streams, insteadOf: size),
            recalled.payload.count < size
        else { return best }
        return recalled
    }

    private func difference(
        _ new: [UInt8], _ group: GroupPlan.Group, _ references: MatchedReferences, _ covers: [Cover]
    ) throws -> Candidate? {
        guard !covers.isEmpty, let used = UsedRanges(covers) else { return nil }
        let inputs = references.view.narrowed(to: used.ranges)
        let narrowed = used.bytes(of: references.bytes)
        guard self.level != .fast, used.covers.count <= PatchLimits.covers else {
            let streams = DifferenceStreams(new: new.span, old: narrowed.span, covers: used.covers)
            let payload = try DifferencePayload.encode(streams, level: self.zstdLevel)
            return Candidate(method: .difference, payload: payload, inputs: inputs)
        }
        let origins = PatchOrigins(outputs: group.output.extents, inputs: inputs.extents)
        let followed = ReferenceTrial.best(new: new, old: narrowed, covers: used.covers, origins: origins)
        let modelled = ModelledDifference(
            new: new, old: narrowed.span, covers: used.covers, origins: origins, references: followed)
        let literals = try DifferencePayload.body(modelled.literals, level: self.zstdLevel)
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
    /// Where streams are less than this part of what they are among, opening them is not worth the time of trying.
    private static let leastOpened = 128

    /// The same difference with opened literals, if that is smaller.
    ///
    /// - Parameter literals: bytes of `candidate` that its literals take.
    private func reopened(
        _ streams: DifferenceStreams, insteadOf candidate: Candidate, literals: Int
    ) throws -> Candidate? {
        guard self.level != .fast, literals >= Self.leastReopened,
            let content = ReopenedContent(opening: streams.literals),
            content.streamLength(closed: streams.literals.count) >= literals / Self.leastOpened
        else { return nil }
        let body = try DifferencePayload.body(content.content, level: self.zstdLevel)
        guard body.count < literals else { return nil }
        var streams = streams
        let memory =
            candidate.inputs.length + 2 * streams.literals.count + content.content.count + body.count
        guard memory <= PatchLimits.opened else { return nil }
        streams.literals = content.content
        let payload = try DifferencePayload.encode(
            streams, level: self.zstdLevel, literals: body, description: content.description)
        guard payload.count < candidate.payload.count else { return nil }
        return Candidate(method: .reopened, payload: payload, inputs: candidate.inputs)
    }

    /// The difference with edited streams opened on both sides.
    ///
    /// - Parameter size: of the payload so far.
    /// - Returns: nil when there are none, or too few to matter.
    private func recalled(
        _ new: [UInt8], _ group: GroupPlan.Group, _ references: MatchedReferences, _ covers: [Cover],
        _ streams: NewStreams, insteadOf size: Int
    ) throws -> Candidate? {
        let missing = new.count - covers.reduce(0) { $0 + $1.length }
        // Old bytes are about as many as the new ones, and the payload is less than what is missing.
        let inputsAbout = min(references.bytes.count, new.count + new.count / 4)
        guard
            let edited = EditedStreams(
                of: streams, old: references.bytes.span, covers: covers,
                limit: (PatchLimits.opened - inputsAbout - missing) / 2),
            edited.mostSaved >= size / Self.leastOpened, edited.covers.count <= PatchLimits.covers,
            let used = UsedRanges(edited.covers, and: edited.old.places.map(\.range))
        else { return nil }
        let inputs = references.view.narrowed(to: used.ranges)
        let narrowed = used.bytes(of: references.bytes)
        let origins = PatchOrigins(outputs: group.output.extents, inputs: inputs.extents)
        let modelled = ModelledDifference(
            new: new, old: narrowed.span, covers: used.covers, origins: origins,
            references: ReferenceTrial.best(new: new, old: narrowed, covers: used.covers, origins: origins))
        let streams = edited.old.moved(used.position(of:))
        let room = PatchLimits.opened - inputs.length - streams.length - modelled.literals.count
        guard
            let content = ReopenedContent(
                opening: modelled.literals, limit: min(room, ReopenedContent.largest))
        else { return nil }
        let body = try RecalledPayload.body(
            of: content.content, recalling: streams.content(in: narrowed.span), level: self.zstdLevel)
        let parts = RecalledPayload.Parts(
            coded: modelled.coded, closed: modelled.literals.count, literals: content, streams: streams)
        let payload = try RecalledPayload.encode(parts, body: body, level: self.zstdLevel)
        return Candidate(
            method: .recalled, payload: payload, inputs: inputs, covered: new.count - modelled.literals.count,
            coverCost: max(0, payload.count - body.count))
    }
}
