/// Where samples of an old version's bytes lie, in memory that does not grow with the version.
///
/// A position is sampled when a hash of the 32 bytes before it falls below a threshold, so the same bytes are sampled
/// wherever they stand, and old and new bytes are compared at their samples only. The hash is a gear hash (Xia et al.,
/// "FastCDC", USENIX ATC 2016) of 32 bits, which forgets a byte after 32 more.
public struct SeedIndex: Sendable {
    /// Bytes a sample speaks for.
    static let window = 32
    private static let slotsPerBucket = 4
    private static let positionBits = 40

    private let sampling: SeedSampling
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
        let rate = max(16, Double(length) * 1.5 / Double(slots))
        self.sampling = SeedSampling(threshold: UInt32(4_294_967_295 / rate))
        self.slots = [UInt64](repeating: 0, count: slots)
    }

    /// Adds a run of old bytes that begins at `position` of the whole.
    ///
    /// - Parameter skipped: bytes at the beginning that were added before and only prime the hash.
    public mutating func add(_ bytes: Span<UInt8>, at position: Int64, skipped: Int) {
        let bucketBits = self.bucketBits
        unsafe bytes.withUnsafeBufferPointer { buffer in
            let view = unsafe ByteView(buffer)
            unsafe self.slots.withUnsafeMutableBufferPointer { slots in
                self.sampling.forEachBatch(in: view, from: max(skipped, Self.window)) { samples in
                    // All places of a batch are asked for before any is needed: they are far apart in memory.
                    var first: [UInt64] = []
                    first.reserveCapacity(samples.count)
                    for sample in samples { unsafe first.append(slots[Self.place(sample.hash, bucketBits).bucket]) }
                    for (number, sample) in samples.enumerated() {
                        let (bucket, tag) = Self.place(sample.hash, bucketBits)
                        let entry = tag << UInt64(Self.positionBits) | UInt64(position + Int64(sample.index) + 1)
                        for slot in bucket + (first[number] == 0 ? 0 : 1)..<bucket + Self.slotsPerBucket {
                            if unsafe slots[slot] == 0 {
                                unsafe slots[slot] = entry
                                break
                            }
                        }
                    }
                }
            }
        }
    }

    @inline(__always) static func place(_ hash: UInt32, _ bucketBits: Int) -> (bucket: Int, tag: UInt64) {
        let mixed = UInt64(hash) &* 0x9FB2_1C65_1E98_DF25
        return (Int(mixed >> UInt64(64 - bucketBits)) * self.slotsPerBucket, mixed >> 8 & 0xFF_FFFF)
    }

    /// Where new bytes probably come from: runs along one displacement, in the order of the new bytes.
    ///
    /// Nothing is compared, for the old bytes are not here; a run may be wrong, above all one of few samples.
    public func runs(of new: Span<UInt8>) -> [SeedRun] {
        var runs: [SeedRun] = []
        unsafe new.withUnsafeBufferPointer { buffer in
            let view = unsafe ByteView(buffer)
            unsafe self.slots.withUnsafeBufferPointer { slots in
                unsafe self.sampling.forEach(in: view, from: Self.window, ahead: slots, self.bucketBits) {
                    index, hash, first in
                    let (bucket, tag) = Self.place(hash, self.bucketBits)
                    var found: Int64 = -1
                    for slot in bucket..<bucket + Self.slotsPerBucket {
                        let entry = unsafe slot == bucket ? first : slots[slot]
                        guard entry != 0, entry >> UInt64(Self.positionBits) == tag else { continue }
                        let position = Int64(entry & (1 << UInt64(Self.positionBits) - 1)) - 1
                        if let last = runs.last, position - Int64(index) == last.displacement {
                            runs[runs.count - 1].newEnd = index
                            runs[runs.count - 1].samples += 1
                            return
                        }
                        if found < 0 { found = position }
                    }
                    guard found >= 0 else { return }
                    runs.append(
                        SeedRun(
                            newStart: max(0, index - Self.window), newEnd: index, displacement: found - Int64(index),
                            samples: 1))
                }
            }
        }
        return runs
    }
}

extension SeedIndex {
    /// Calls `body` with the end and the hash of each sampled window of `new` that no old sample is like.
    func forEachUnknown(in new: Span<UInt8>, _ body: (Int, UInt32) -> Void) {
        unsafe new.withUnsafeBufferPointer { buffer in
            let view = unsafe ByteView(buffer)
            unsafe self.slots.withUnsafeBufferPointer { slots in
                unsafe self.sampling.forEach(in: view, from: Self.window, ahead: slots, self.bucketBits) {
                    index, hash, first in
                    let (bucket, tag) = Self.place(hash, self.bucketBits)
                    for slot in bucket..<bucket + Self.slotsPerBucket {
                        let entry = unsafe slot == bucket ? first : slots[slot]
                        if entry != 0, entry >> UInt64(Self.positionBits) == tag { return }
                    }
                    body(index, hash)
                }
            }
        }
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

/// Chooses positions by the bytes before them.
struct SeedSampling: Sendable {
    let threshold: UInt32

    /// One pseudo-random word for each byte: SplitMix64 from seed 1. Changing them changes patches, not their meaning.
    static let gears: [UInt32] = {
        var state: UInt64 = 1
        return (0..<256).map { _ in
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return UInt32(truncatingIfNeeded: (mixed ^ mixed >> 31) >> 32)
        }
    }()

    /// Calls `body` with the samples from `start` on, several at a time, in their order.
    @inline(__always) func forEachBatch(
        in bytes: ByteView, from start: Int, _ body: ([(index: Int, hash: UInt32)]) -> Void
    ) {
        var batch: [(index: Int, hash: UInt32)] = []
        batch.reserveCapacity(Self.batch)
        self.forEach(in: bytes, from: start) { index, hash in
            batch.append((index, hash))
            if batch.count == Self.batch {
                body(batch)
                batch.removeAll(keepingCapacity: true)
            }
        }
        body(batch)
    }

    private static let batch = 64

    /// As ``forEach(in:from:_:)``, with the first of the slots of each sample, which are far apart in memory and are
    /// asked for in good time.
    @inline(__always) func forEach(
        in bytes: ByteView, from start: Int, ahead slots: UnsafeBufferPointer<UInt64>, _ bucketBits: Int,
        _ body: (Int, UInt32, UInt64) -> Void
    ) {
        self.forEachBatch(in: bytes, from: start) { samples in
            var first: [UInt64] = []
            first.reserveCapacity(samples.count)
            for sample in samples { unsafe first.append(slots[SeedIndex.place(sample.hash, bucketBits).bucket]) }
            for (number, sample) in samples.enumerated() { body(sample.index, sample.hash, first[number]) }
        }
    }

    /// Calls `body` with each sampled position from `start` on, which is the end of its window, and the window's hash.
    @inline(__always) func forEach(in bytes: ByteView, from start: Int, _ body: (Int, UInt32) -> Void) {
        unsafe Self.gears.withUnsafeBufferPointer { gears in
            var hash: UInt32 = 0
            var last: UInt32 = 0
            let count = bytes.count
            var index = max(0, start - SeedIndex.window)
            while index < min(start, count) {
                hash = unsafe hash << 1 &+ gears[Int(bytes[index])]
                index &+= 1
            }
            while index < count {
                hash = unsafe hash << 1 &+ gears[Int(bytes[index])]
                index &+= 1
                // Runs of one byte give one hash over and over; once is enough.
                if hash &* 0x9E37_79B1 < self.threshold, hash != last {
                    last = hash
                    body(index, hash)
                }
            }
        }
    }
}
