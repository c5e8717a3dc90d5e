/// Where covers took the old bytes: tells what became of an address that no reference told of yet.
///
/// A table of pages, filled before the first byte is coded, for a search among covers at each reference would take longer
/// than all the rest.
@safe struct CoverMap {
    private static let slotBits = 16
    /// Bytes of a page, as a shift.
    private static let pageBits = 10
    /// Shorter covers tell little.
    private static let leastLength = 1024

    /// For each slot a page and how far it moved.
    private let words: WordView

    /// Words it takes.
    static let size = 2 << slotBits

    init(_ words: WordView) { self.words = words }

    /// Forgets all, and learns where `covers` took the pages whose middles they hold; the last one counts.
    func learn(_ covers: [Cover], origins: PatchOrigins) {
        self.words.fill(0..<self.words.count, with: Int32.min)
        let half = 1 << (Self.pageBits - 1)
        for cover in covers where cover.length >= Self.leastLength {
            let base = origins.bases(of: cover)
            let start = cover.oldStart &+ base.old
            let change = cover.newStart &+ base.new &- start
            let last = (start &+ cover.length &- half &- 1) >> Self.pageBits
            var page = (start &+ half &- 1) >> Self.pageBits
            while page <= last {
                let name = Self.name(page, base)
                let slot = Self.slot(name)
                self.words[slot] = name
                self.words[slot &+ 1] = Int32(truncatingIfNeeded: change)
                page &+= 1
            }
        }
    }

    /// A page of an old file as seen from a new file. Those of several may have the same: a prediction then fails.
    @inline(__always) private static func name(_ page: Int, _ base: PatchOrigins.Bases) -> Int32 {
        Int32(truncatingIfNeeded: page &+ base.oldFile &* 0x2545_F491 &+ base.newFile &* 0x1B87_3593)
    }

    @inline(__always) private static func slot(_ name: Int32) -> Int {
        Int((UInt64(UInt32(bitPattern: name)) &* 0x9E37_79B9_7F4A_7C15) &>> UInt64(64 &- Self.slotBits)) &* 2
    }

    /// How far the byte at `address` moved, if a cover that joins the files of `base` tells.
    @inline(__always) func change(of address: Int, _ base: PatchOrigins.Bases) -> Int? {
        let name = Self.name(address >> Self.pageBits, base)
        let slot = Self.slot(name)
        guard self.words[slot] == name else { return nil }
        return Int(self.words[slot &+ 1])
    }
}
