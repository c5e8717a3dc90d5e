/// Where samples of an old version's bytes lie, in memory that does not grow with the version.
///
/// Old and new bytes are compared at their samples only (``SeedSampler``).
public struct SeedIndex: Sendable {
    /// Bytes a sample speaks for.
    public static let window = 32
    private static let slotsPerBucket = 4
    private static let positionBits = 40
    /// Samples whose slots are asked for before any of them is looked at: they are far apart in memory.
    private static let batch = 64
    /// Positions left out behind a sample that goes on as expected.
    private static let confidence = 256

    private let rate: Double
    private let bucketBits: Int
    /// Tag above position plus one; 0 is empty.
    private var slots: [UInt64]

    /// - Parameters:
    ///   - length: old bytes there will be, below 2^40; decides how densely they are sampled.
    ///   - memory: bytes to use, at least 1 MiB; the largest power of two below is taken.
    public init(length: Int64, memory: Int) {
        precondition(length < 1 << Self.positionBits && memory >= 1 << 20, "a seed index out of bounds")
        let wanted = max(1 << 14, Int(min(length / 16, Int64(memory / 8))) / Self.slotsPerBucket * 2)
        let largest = Int.bitWidth - 1 - (memory / 8 / Self.slotsPerBucket).leadingZeroBitCount
        self.bucketBits = min(largest, Int.bitWidth - 1 - wanted.leadingZeroBitCount)
        let slots = 1 << self.bucketBits * Self.slotsPerBucket
        // Two thirds full at most, so that few samples find their bucket taken.
        self.rate = max(16, Double(length) * 1.5 / Double(slots))
        self.slots = [UInt64](repeating: 0, count: slots)
    }

    /// Adds a run of old bytes that begins at `position` of the whole.
    ///
    /// - Parameter skipped: bytes at the beginning that were added before; the samples behind them begin there.
    public mutating func add(_ bytes: Span<UInt8>, at position: Int64, skipped: Int) {
        let (rate, places) = (self.rate, Places(bits: self.bucketBits))
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe self.slots.withUnsafeMutableBufferPointer { slots in
                let seen = UnsafeBufferPointer(slots)
                let sampler = unsafe SeedSampler(ByteView(buffer), from: skipped, rate: rate)
                unsafe Self.forEach(sampler, ahead: seen, places) { sample in
                    let bucket = places.bucket(sample.hash)
                    let entry = places.tag(sample.hash) | UInt64(position + Int64(sample.end) + 1)
                    for slot in bucket..<bucket + Self.slotsPerBucket where unsafe slots[slot] == 0 {
                        unsafe slots[slot] = entry
                        return
                    }
                }
            }
        }
    }

    /// Where a hash belongs.
    private struct Places {
        let bits: Int

        @inline(__always) func bucket(_ hash: UInt64) -> Int {
            Int(truncatingIfNeeded: hash >> UInt64(64 - self.bits)) &* SeedIndex.slotsPerBucket
        }

        /// In its place above a position.
        @inline(__always) func tag(_ hash: UInt64) -> UInt64 { hash << UInt64(SeedIndex.positionBits) }
    }

    /// Where new bytes probably come from: runs along one displacement, in the order of the new bytes.
    ///
    /// Nothing is compared, for the old bytes are not here; a run may be wrong, above all one of few samples. Where a run goes
    /// on, few samples are looked at.
    public func runs(of new: Span<UInt8>) -> [SeedRun] {
        var runs: [SeedRun] = []
        let places = Places(bits: self.bucketBits)
        unsafe new.withUnsafeBufferPointer { buffer in
            unsafe self.slots.withUnsafeBufferPointer { slots in
                var sampler = unsafe SeedSampler(ByteView(buffer), from: 0, rate: self.rate)
                while let sample = sampler.next() {
                    let (bucket, tag) = (places.bucket(sample.hash), places.tag(sample.hash))
                    var found: Int64 = -1
                    for slot in bucket..<bucket + Self.slotsPerBucket {
                        let entry = unsafe slots[slot]
                        guard entry != 0, (entry ^ tag) >> UInt64(Self.positionBits) == 0 else { continue }
                        let position = Int64(entry & (1 << UInt64(Self.positionBits) - 1)) - 1
                        if let last = runs.last, position - Int64(sample.end) == last.displacement {
                            found = position
                            break
                        }
                        if found < 0 { found = position }
                    }
                    guard found >= 0 else { continue }
                    let displacement = found - Int64(sample.end)
                    if runs.last?.displacement == displacement {
                        runs[runs.count - 1].newEnd = sample.end
                        runs[runs.count - 1].samples += 1
                        sampler.skip(Self.confidence)
                    } else {
                        runs.append(
                            SeedRun(
                                newStart: sample.end - Self.window, newEnd: sample.end, displacement: displacement,
                                samples: 1))
                    }
                }
            }
        }
        return runs
    }
}

extension SeedIndex {
    /// Calls `body` with the end and the hash of each sampled window of `new` that no old sample is like.
    func forEachUnknown(in new: Span<UInt8>, _ body: (Int, UInt32) -> Void) {
        let places = Places(bits: self.bucketBits)
        unsafe new.withUnsafeBufferPointer { buffer in
            unsafe self.slots.withUnsafeBufferPointer { slots in
                let sampler = unsafe SeedSampler(ByteView(buffer), from: 0, rate: self.rate)
                unsafe Self.forEach(sampler, ahead: slots, places) { sample in
                    let (bucket, tag) = (places.bucket(sample.hash), places.tag(sample.hash))
                    for slot in bucket..<bucket + Self.slotsPerBucket {
                        let entry = unsafe slots[slot]
                        if entry != 0, (entry ^ tag) >> UInt64(Self.positionBits) == 0 { return }
                    }
                    body(sample.end, UInt32(truncatingIfNeeded: sample.hash >> 32))
                }
            }
        }
    }

    /// Calls `body` with each sample, whose slots were asked for in good time.
    @inline(__always) private static func forEach(
        _ sampler: SeedSampler, ahead slots: UnsafeBufferPointer<UInt64>, _ places: Places,
        _ body: (SeedSampler.Sample) -> Void
    ) {
        var sampler = sampler
        var batch: [SeedSampler.Sample] = []
        batch.reserveCapacity(self.batch)
        while let sample = sampler.next() {
            unsafe slots.prefetch(at: places.bucket(sample.hash))
            batch.append(sample)
            guard batch.count == self.batch else { continue }
            for sample in batch { body(sample) }
            batch.removeAll(keepingCapacity: true)
        }
        for sample in batch { body(sample) }
    }
}

/// New bytes that share samples with old ones along one displacement.
public struct SeedRun: Hashable, Sendable {
    public var newStart: Int
    public var newEnd: Int
    /// What must be added to a new position to find its old one.
    public var displacement: Int64
    public var samples: Int
}
