/// Chunk sizes with the masks that follow from them.
struct CutRule: Sendable {
    let sizes: ChunkSizes
    /// For lengths below the average: two bits more than the average asks for.
    let strictMask: UInt64
    /// From the average on: two bits fewer.
    let looseMask: UInt64

    init(_ sizes: ChunkSizes) {
        self.sizes = sizes
        let bits = sizes.average.trailingZeroBitCount
        // 12 bits leave one candidate in 4096 positions to look at closely.
        let filterCount = min(12, bits - 2)
        self.strictMask = Gear.mask(bits + 2, filterCount: filterCount)
        self.looseMask = Gear.mask(bits - 2, filterCount: filterCount)
    }

    /// The length up to which bytes need not be read: no cut is tested before the window is past them.
    var skipped: Int { self.sizes.minimum - Gear.window }
}
