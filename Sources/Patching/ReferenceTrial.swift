import Delta

/// Decides on samples of a group which references to follow, if any: it makes coding and applying slower.
enum ReferenceTrial {
    private static let samples = 24
    private static let sampleLength = 1 << 16
    /// The least it must save.
    private static let least = 0.02

    static func best(new: [UInt8], old: [UInt8], covers: [Cover], origins: PatchOrigins) -> ReferenceKind {
        let sampled = self.sampled(covers)
        guard !sampled.isEmpty else { return .none }
        func length(_ references: ReferenceKind) -> Int {
            ModelledDifference.codedLength(
                new: new, old: old.span, covers: sampled, origins: origins, references: references)
        }
        var best = ReferenceKind.none
        var least = (1 - Self.least) * Double(length(.none))
        for references in ReferenceKind.candidates(for: new.span) {
            let length = Double(length(references))
            guard length < least else { continue }
            best = references
            least = length
        }
        return best
    }

    /// Runs of covered bytes, evenly spread over all of them.
    private static func sampled(_ covers: [Cover]) -> [Cover] {
        let total = covers.reduce(0) { $0 + $1.length }
        guard total > Self.samples * Self.sampleLength * 2 else { return covers }
        let step = total / Self.samples
        var sampled: [Cover] = []
        var start = 0
        for cover in covers {
            var offset = 0
            while offset < cover.length {
                let place = (start + offset) % step
                if place < Self.sampleLength {
                    let length = min(Self.sampleLength - place, cover.length - offset)
                    sampled.append(
                        Cover(
                            newStart: cover.newStart + offset, oldStart: cover.oldStart + offset, length: length))
                    offset += length
                } else {
                    offset += min(step - place, cover.length - offset)
                }
            }
            start += cover.length
        }
        return sampled
    }
}
