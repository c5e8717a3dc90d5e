import Delta
import Zstd

/// Chooses by samples of a group what literals are to count while its covers are searched for.
enum AlignmentTrial {
    private static let samples = 6
    private static let sampleLength = 1 << 18
    /// Dear literals must save more than this part of the whole: a sample's literals compress worse than those of all its
    /// group, and the covers in their place, full of differences, are slow to apply.
    private static let dearGain = 40

    static func price(_ plan: DifferencePlan, new: Span<UInt8>, old: [UInt8]) throws -> LiteralPrice {
        let ranges = self.ranges(new.count)
        guard !ranges.isEmpty else { return .dear }
        var best = LiteralPrice.dear
        var least = Int.max
        for price in LiteralPrice.allCases {
            var length = 0
            for range in ranges {
                var sample: [UInt8] = []
                sample.reserveCapacity(range.count)
                for index in range { sample.append(new[index]) }
                length += try self.length(
                    of: sample, covers: plan.covers(of: sample.span, in: old.span, literals: price), old: old)
            }
            guard length < (best == .dear && least < .max ? least + least / Self.dearGain : least) else { break }
            least = length
            best = price
        }
        return best
    }

    /// Evenly spread; none when there is too little to tell.
    private static func ranges(_ count: Int) -> [Range<Int>] {
        guard count >= Self.sampleLength / 4 else { return [] }
        guard count > Self.samples * Self.sampleLength * 2 else {
            return [(count - min(count, Self.sampleLength)) / 2..<(count + min(count, Self.sampleLength)) / 2]
        }
        let step = count / Self.samples
        return (0..<Self.samples).map { number in
            let start = number * step + (step - Self.sampleLength) / 2
            return start..<start + Self.sampleLength
        }
    }

    /// Bytes that a sample alone would take. Where it stands in its file does not matter, for references are followed by
    /// how far things moved from each other.
    private static func length(of sample: [UInt8], covers: [Cover], old: [UInt8]) throws -> Int {
        let origins = PatchOrigins(
            outputs: [PatchExtent(file: 0, offset: 0, length: sample.count)],
            inputs: [PatchExtent(file: 0, offset: 0, length: old.count)])
        let references = ReferenceKind.candidates(for: sample.span)[0]
        let coded = ModelledDifference.codedLength(
            new: sample, old: old.span, covers: covers, origins: origins, references: references)
        var literals: [UInt8] = []
        var end = 0
        for cover in covers {
            literals.append(contentsOf: sample[end..<cover.newStart])
            end = cover.newEnd
        }
        literals.append(contentsOf: sample[end...])
        var compressor = try ZstdCompressor(GroupCodec.settings(level: 12, size: literals.count))
        return try coded + compressor.compress(literals.span).count
    }
}
