/// The hot loop: looks for the first place in a chunk where the hash allows a cut.
///
/// Pointers and wrapping operators because it runs over every byte there is. Positions are lengths of the chunk; the
/// byte that makes it n long is `chunk[n - 1]`. Only bytes from `readable` on are in memory.
@unsafe struct GearScan {
    private let chunk: UnsafePointer<UInt8>
    private let readable: Int
    private let blockSearch: BlockSearch?

    /// - Parameters:
    ///   - chunk: where the chunk would begin if it were wholly in memory.
    ///   - readable: the length from which on it is.
    ///   - blockSearch: nil to go byte by byte.
    init(_ chunk: UnsafePointer<UInt8>, readable: Int, _ blockSearch: BlockSearch?) {
        unsafe self.chunk = unsafe chunk
        unsafe self.readable = readable
        unsafe self.blockSearch = blockSearch
    }

    /// Takes bytes into the hash.
    ///
    /// - Returns: the length reached, `from` when that is past `to` already.
    func warm(from: Int, to: Int, _ hash: inout UInt64) -> Int {
        guard from < to else { return from }
        var running = hash
        unsafe Gear.table.withUnsafeBufferPointer { table in
            for length in from..<to { unsafe running = (running &<< 1) &+ table[Int(self.chunk[length])] }
        }
        hash = running
        return to
    }

    /// Takes bytes into the hash until it has all bits of the mask clear.
    ///
    /// - Returns: the length of the chunk then, or nil when `to` is reached.
    func search(from: Int, to: Int, _ mask: UInt64, _ hash: inout UInt64) -> Int? {
        // Blocks need a whole window in memory before them, to look closer at what they find.
        let blocks = unsafe max(from, self.readable + Gear.window)
        guard let blockSearch = unsafe self.blockSearch, BlockSearch.isSuited(mask), blocks + BlockSearch.length <= to
        else { return unsafe self.searchBytes(from: from, to: to, mask, &hash) }
        if let cut = unsafe self.searchBytes(from: from, to: blocks, mask, &hash) { return cut }
        var length = blocks
        let cut = unsafe withUnsafeTemporaryAllocation(of: UInt16.self, capacity: BlockSearch.most) { places -> Int? in
            guard let places = places.baseAddress else { return nil }
            while length + BlockSearch.length <= to {
                let count = unsafe blockSearch.search(self.chunk + length, mask, places)
                if let cut = unsafe self.firstCut(of: places, count, after: length, mask) { return cut }
                length += BlockSearch.length
            }
            return nil
        }
        if let cut { return cut }
        hash = unsafe self.hash(at: length)
        return unsafe self.searchBytes(from: length, to: to, mask, &hash)
    }

    /// The first of the places in a block where the whole hash has all bits of the mask clear.
    private func firstCut(of places: UnsafePointer<UInt16>, _ count: Int, after length: Int, _ mask: UInt64) -> Int? {
        guard count <= BlockSearch.most else {
            // Looking at each of so many would cost more than going byte by byte.
            var hash = unsafe self.hash(at: length)
            return unsafe self.searchBytes(from: length, to: length + BlockSearch.length, mask, &hash)
        }
        for index in 0..<count {
            let candidate = unsafe length + Int(places[index]) + 1
            if unsafe self.hash(at: candidate) & mask == 0 { return candidate }
        }
        return nil
    }

    /// The hash of the window that ends at a length.
    private func hash(at length: Int) -> UInt64 {
        // In two halves side by side, because each step waits for the one before.
        let half = Gear.window / 2
        let newer = unsafe self.chunk + (length - half)
        let older = unsafe newer - half
        var olderHash: UInt64 = 0
        var newerHash: UInt64 = 0
        unsafe Gear.table.withUnsafeBufferPointer { table in
            for index in 0..<half {
                unsafe olderHash = (olderHash &<< 1) &+ table[Int(older[index])]
                unsafe newerHash = (newerHash &<< 1) &+ table[Int(newer[index])]
            }
        }
        return (olderHash &<< UInt64(half)) &+ newerHash
    }

    private func searchBytes(from: Int, to: Int, _ mask: UInt64, _ hash: inout UInt64) -> Int? {
        guard from < to else { return nil }
        var running = hash
        let found = unsafe Gear.table.withUnsafeBufferPointer { table in
            unsafe Gear.shiftedTable.withUnsafeBufferPointer { shifted in
                unsafe self.searchBytes(from: from, to: to, mask, &running, table, shifted)
            }
        }
        hash = running
        return found
    }

    @inline(__always) private func searchBytes(
        from: Int, to: Int, _ mask: UInt64, _ hash: inout UInt64,
        _ table: UnsafeBufferPointer<UInt64>, _ shifted: UnsafeBufferPointer<UInt64>
    ) -> Int? {
        guard let table = table.baseAddress, let shifted = shifted.baseAddress else { return nil }
        // Two bytes a step: the hash after the first is kept shifted by one, and so is the mask it is tested with.
        let shiftedMask = mask &<< 1
        var running = hash
        var length = from
        while length &+ 1 < to {
            unsafe running = (running &<< 2) &+ shifted[Int(self.chunk[length])]
            if running & shiftedMask == 0 { return length &+ 1 }
            unsafe running = running &+ table[Int(self.chunk[length &+ 1])]
            if running & mask == 0 { return length &+ 2 }
            length = length &+ 2
        }
        if length < to {
            unsafe running = (running &<< 1) &+ table[Int(self.chunk[length])]
            if running & mask == 0 { return to }
        }
        hash = running
        return nil
    }
}
