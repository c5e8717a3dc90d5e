import Delta
import Zstd

/// Decides from quickly found matches whether looking for every short one would pay.
///
/// It does where changes are small and many, as in executables. It does not where nearly all is known, nor where what is
/// missing is long and will not compress: content that is new and was packed before it came to us.
enum MatchTrial {
    /// A run of missing bytes this long is new content, not an edit.
    private static let longRun = 1 << 10
    private static let sampleLength = 1 << 18
    private static let incompressible = 0.9
    /// One new byte in so many may be missing.
    private static let tolerated = 100

    static func isWorthMore(_ matched: MatchedReferences, new: Span<UInt8>) throws -> Bool {
        var edits = 0
        var sample: [UInt8] = []
        var long = 0
        func addMissing(_ range: Range<Int>) {
            guard range.count >= Self.longRun else {
                edits += range.count
                return
            }
            long += range.count
            for index in range.prefix(Self.longRun * 4) where sample.count < Self.sampleLength {
                sample.append(new[index])
            }
        }
        var end = 0
        for cover in matched.covers {
            addMissing(end..<cover.newStart)
            end = cover.newEnd
            edits += matched.differingBytes(in: cover, new: new)
        }
        addMissing(end..<new.count)
        let tolerated = new.count / Self.tolerated
        guard edits <= tolerated, long > tolerated else { return edits > tolerated }
        var compressor = try ZstdCompressor(GroupCodec.settings(level: 1, size: sample.count))
        return try Double(compressor.compress(sample.span).count) < Self.incompressible * Double(sample.count)
    }
}

extension MatchedReferences {
    /// How many bytes of a cover are not the old ones.
    func differingBytes(in cover: Cover, new: Span<UInt8>) -> Int {
        var count = 0
        let old = self.bytes.span
        for offset in 0..<cover.length where new[cover.newStart + offset] != old[cover.oldStart + offset] { count += 1 }
        return count
    }
}
