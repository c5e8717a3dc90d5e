/// Where covers took the bytes of old files: tells what became of an address that no reference told of yet.
struct CoverMap {
    private struct Entry {
        /// File and position of the first old byte, in one number.
        let key: Int
        let length: Int
        let newFile: Int
        /// How far its bytes moved.
        let change: Int
        /// Its cover's place among all.
        let place: Int
    }

    /// Shorter covers tell little and could be very many.
    private static let leastLength = 1024

    private let entries: [Entry]

    /// Of no covers.
    init() { self.entries = [] }

    init(_ covers: [Cover], origins: PatchOrigins) {
        var entries: [Entry] = []
        for (place, cover) in covers.enumerated() where cover.length >= Self.leastLength {
            let base = origins.bases(of: cover)
            let position = cover.oldStart &+ base.old
            entries.append(
                Entry(
                    key: Self.key(base.oldFile, position), length: cover.length, newFile: base.newFile,
                    change: cover.newStart &+ base.new &- position, place: place))
        }
        self.entries = entries.sorted { ($0.key, $0.place) < ($1.key, $1.place) }
    }

    private static func key(_ file: Int, _ position: Int) -> Int { file &<< 32 &+ position & 0xFFFF_FFFF }

    /// How far the byte at `address` moved, if the last cover that begins before it holds it and joins the files of
    /// `base`.
    func change(of address: Int, _ base: PatchOrigins.Bases) -> Int? {
        let key = Self.key(base.oldFile, address)
        var low = 0
        var high = self.entries.count
        while low < high {
            let middle = (low &+ high) / 2
            if self.entries[middle].key <= key { low = middle &+ 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let entry = self.entries[low &- 1]
        guard key &- entry.key < entry.length, entry.newFile == base.newFile else { return nil }
        return entry.change
    }
}
