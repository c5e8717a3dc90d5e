import Delta
import Zstd

/// Tells new bytes by old ones in memory, by every method that may take least.
struct PayloadMaker: Sendable {
    let level: PatchLevel

    /// What both sides are.
    struct Sides {
        let new: [UInt8]
        let old: [UInt8]
        /// Of `new` from `old`, ascending.
        let covers: [Cover]
        /// Ranges of `old` that are taken as a whole or not at all: ascending and apart.
        var whole: [Range<Int>] = []
        /// Where new bytes stand in their files.
        let outputs: [PatchExtent]
        /// Where those in some ranges of `old` do.
        let inputs: ([Range<Int>]) -> [PatchExtent]
    }

    struct Made {
        let method: PatchMethod
        let payload: [UInt8]
        /// What is needed of the old bytes.
        let used: [Range<Int>]
        /// Bytes that covers make, and the bytes of the payload that tell how.
        var covered = 0
        var coverCost = 0

        /// A difference is out of reach for a compressor that does not know the old bytes, unless it made few of them or
        /// they are next to nothing once compressed.
        func mayLoseToCompressor(_ count: Int) -> Bool {
            self.payload.count > count / 4 && self.coverCost >= self.covered / 64
        }
    }

    /// How many times what the model makes the literals must be for them to be nearly all.
    private static let mostlyNew = 8

    /// Of the compressor.
    var zstdLevel: Int { self.level == .best ? 22 : 19 }

    func payload(_ sides: Sides) throws -> Made {
        var best = Made(method: .stored, payload: sides.new, used: [])
        if let difference = try self.difference(sides), difference.payload.count < best.payload.count {
            best = difference
        }
        guard best.mayLoseToCompressor(sides.new.count) else { return best }
        let whole = try self.whole(sides.new)
        return whole.payload.count < best.payload.count ? whole : best
    }

    /// All as new.
    private func whole(_ new: [UInt8]) throws -> Made {
        let literals = try StoredLiterals(new, level: self.zstdLevel, isHasty: false)
        switch literals.form {
        case .plain: return Made(method: .stored, payload: literals.body, used: [])
        case .zstd: return Made(method: .zstd, payload: literals.body, used: [])
        case .coded:
            let streams = DifferenceStreams(new: new.span, old: [UInt8]().span, covers: [])
            let payload = try DifferencePayload.encode(streams, level: self.zstdLevel, literals: literals)
            return Made(method: .difference, payload: payload, used: [])
        }
    }

    private func difference(_ sides: Sides) throws -> Made? {
        guard !sides.covers.isEmpty, let used = UsedRanges(sides.covers, whole: sides.whole) else { return nil }
        let old = used.bytes(of: sides.old)
        let origins = PatchOrigins(outputs: sides.outputs, inputs: sides.inputs(used.ranges))
        let followed = ReferenceTrial.best(new: sides.new, old: old, covers: used.covers, origins: origins)
        let modelled = ModelledDifference(
            new: sides.new, old: old.span, covers: used.covers, origins: origins, references: followed)
        let literals = try StoredLiterals(modelled.literals, level: self.zstdLevel, isHasty: false)
        var best = Made(
            method: .modelled, payload: ModelledPayload.encode(modelled, literals: literals), used: used.ranges)
        if modelled.coded.count < literals.count / Self.mostlyNew {
            // A compressor does as well with what little there is beside new content, and is quicker to apply.
            let streams = DifferenceStreams(new: sides.new.span, old: old.span, covers: used.covers)
            let payload = try DifferencePayload.encode(streams, level: self.zstdLevel, literals: literals)
            if payload.count < best.payload.count {
                best = Made(method: .difference, payload: payload, used: used.ranges)
            }
        }
        best.covered = sides.new.count - modelled.literals.count
        best.coverCost = max(0, best.payload.count - literals.count)
        return best
    }
}
