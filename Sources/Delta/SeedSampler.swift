/// Walks over the sampled positions of a run of bytes.
///
/// A position is chosen by a hash of the 8 bytes before it and known by one of the 32 bytes before it, so the same bytes are
/// sampled wherever they stand. Both hashes multiply and shift; changing them changes patches, not their meaning.
///
/// Valid while the bytes are lent.
struct SeedSampler {
    /// A chosen position, and the hash of what stands before it.
    struct Sample {
        let end: Int
        let hash: UInt64
    }

    private let bytes: ByteView
    /// The least hash of 8 bytes that is chosen; that of zeros never is.
    private let least: UInt64
    private var end: Int
    private var last: UInt64 = 0

    /// - Parameters:
    ///   - start: the first sample ends behind it; at least ``SeedIndex/window``.
    ///   - rate: one position in so many is chosen.
    init(_ bytes: ByteView, from start: Int, rate: Double) {
        self.bytes = bytes
        self.least = UInt64.max - UInt64(Double(UInt64.max) / rate)
        self.end = max(start, SeedIndex.window)
    }

    /// The next sample, or nil when there are no more.
    @inline(__always) mutating func next() -> Sample? {
        var end = self.end
        while end < self.bytes.count {
            end &+= 1
            guard self.bytes.word(at: end &- 8) &* 0x9FB2_1C65_1E98_DF25 >= self.least else { continue }
            let hash = self.hash(of: end &- SeedIndex.window)
            // A run of few bytes over and over gives one hash over and over; once is enough.
            guard hash != self.last else { continue }
            self.last = hash
            self.end = end
            return Sample(end: end, hash: hash)
        }
        self.end = end
        return nil
    }

    /// Leaves out positions.
    mutating func skip(_ count: Int) { self.end += count }

    @inline(__always) private func hash(of start: Int) -> UInt64 {
        var hash = self.bytes.word(at: start) &* 0x9E37_79B9_7F4A_7C15
        for offset in [8, 16, 24] {
            hash = (hash ^ hash >> 32 ^ self.bytes.word(at: start &+ offset)) &* 0xBF58_476D_1CE4_E5B9
        }
        return hash ^ hash >> 31
    }
}
