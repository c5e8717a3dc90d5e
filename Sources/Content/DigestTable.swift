/// Distinct digests in the order they came in, each found again by its place.
///
/// For a build's worth of them: 32 bytes a digest, and six to twelve to find it by, where a dictionary needs two to three
/// times that. Open addressing with linear probing (Knuth, The Art of Computer Programming 3, 6.4); places come from
/// the standard library's seeded hash, so nobody can choose digests that meet.
public struct DigestTable: Sendable {
    /// The place of a digest plus one; 0 where there is none. A power of two of them, at most two thirds taken.
    private var slots: [UInt32]
    private var digests: [Digest] = []

    public init() { self.slots = [UInt32](repeating: 0, count: 64) }

    public var count: Int { self.digests.count }

    /// The digest at a place.
    public subscript(place: Int) -> Digest { self.digests[place] }

    /// The digests at some places, in order.
    public subscript(places: Range<Int>) -> ArraySlice<Digest> { self.digests[places] }

    /// All places, in runs of `count` at most.
    public func pages(of count: Int) -> some Sequence<Range<Int>> {
        let end = self.count
        return stride(from: 0, to: end, by: count).lazy.map { $0..<min($0 + count, end) }
    }

    /// Where a digest is; nil when it is not there.
    public func place(of digest: Digest) -> Int? {
        let taken = self.slots[self.slot(of: digest)]
        return taken > 0 ? Int(taken) - 1 : nil
    }

    /// Adds a digest unless it is there.
    ///
    /// - Returns: its place, and whether it was added.
    @discardableResult
    public mutating func insert(_ digest: Digest) -> (place: Int, isNew: Bool) {
        var slot = self.slot(of: digest)
        let taken = self.slots[slot]
        guard taken == 0 else { return (Int(taken) - 1, false) }
        if (self.digests.count + 1) * 3 > self.slots.count * 2 {
            self.grow()
            slot = self.slot(of: digest)
        }
        self.digests.append(digest)
        self.slots[slot] = UInt32(self.digests.count)
        return (self.digests.count - 1, true)
    }

    /// The slot that holds a digest, or the empty one where it belongs.
    private func slot(of digest: Digest) -> Int {
        let mask = self.slots.count - 1
        var slot = digest.hashValue & mask
        while self.slots[slot] > 0, self.digests[Int(self.slots[slot]) - 1] != digest { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        self.slots = [UInt32](repeating: 0, count: self.slots.count * 2)
        for place in self.digests.indices { self.slots[self.slot(of: self.digests[place])] = UInt32(place + 1) }
    }
}
