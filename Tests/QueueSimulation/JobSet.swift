/// A set of jobs as bits: their numbers are 1 to 63.
struct JobSet: Sequence, IteratorProtocol {
    private var bits: UInt64 = 0

    init() {}

    var isEmpty: Bool { self.bits == 0 }
    var first: Int? { self.bits == 0 ? nil : self.bits.trailingZeroBitCount }

    func contains(_ job: Int) -> Bool { self.bits >> UInt64(job) & 1 == 1 }

    mutating func insert(_ job: Int) { self.bits |= 1 << UInt64(job) }
    mutating func remove(_ job: Int) { self.bits &= ~(1 << UInt64(job)) }
    mutating func formUnion(_ other: JobSet) { self.bits |= other.bits }

    func subtracting(_ other: JobSet) -> JobSet {
        var left = self
        left.bits &= ~other.bits
        return left
    }

    /// Takes the smallest out.
    mutating func next() -> Int? {
        guard let job = self.first else { return nil }
        self.bits &= self.bits - 1
        return job
    }
}
