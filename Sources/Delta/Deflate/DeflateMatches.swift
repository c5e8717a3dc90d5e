/// Finds what zlib's `longest_match` finds, in fewer steps.
///
/// zlib walks back through the places whose three bytes have the same hash, a fixed number of them at most, and takes the
/// longest match, the nearest of those. Only places that share more bytes than the best match so far can change that, so the
/// walk here goes through the places that share four bytes, or eight, which are few; each place's rank among those of its
/// three bytes tells whether zlib would have come as far. What is found is the same, place for place.
///
/// Part of the patch format, with ``Deflater``: what is found in the same bytes may never change.
struct DeflateMatches {
    static let windowLength = 1 << 15
    /// What zlib reads ahead at least before it looks for a match.
    static let lookahead = 262
    static let farthest = Self.windowLength - Self.lookahead
    /// A shortest match farther away than this costs more than it saves.
    static let tooFar = 4096

    private static let longHashBits = 15

    /// Where the bytes at a place were last: three by their hash, as zlib has it, then four and eight.
    struct Heads {
        /// -1 for nowhere.
        var three = -1
        var four = -1
        var eight = -1
    }

    private let content: ByteView
    private let effort: DeflateStyle.Effort
    private let hashMask: Int
    private let hashShift: Int
    /// By hash, the last place plus one.
    private let threes: WordView
    private let fours: WordView
    private let eights: WordView
    /// Two words for each place of the window: how far back the last place of the same three bytes is, with this one's rank
    /// among them above; the same for four bytes, with that for eight above. Ranks count round 65,536, twice the window.
    private let links: WordView

    /// Words that matches of a style need, all zero to begin with.
    static func words(_ style: DeflateStyle) -> Int {
        1 << style.hashBits + 2 << Self.longHashBits + 2 * Self.windowLength
    }

    /// - Parameter words: as many as ``words(_:)`` says.
    init(_ content: ByteView, _ style: DeflateStyle, _ words: WordView) {
        let (short, long) = (1 << style.hashBits, 1 << Self.longHashBits)
        self.content = content
        self.effort = style.effort
        self.hashMask = short - 1
        self.hashShift = (style.hashBits + 2) / 3
        self.threes = words.part(0..<short)
        self.fours = words.part(short..<short + long)
        self.eights = words.part(short + long..<short + 2 * long)
        self.links = words.part(short + 2 * long..<words.count)
    }

    /// Remembers the bytes at `index`, of which three at least are left.
    @inline(__always) func insert(_ index: Int) -> Heads {
        var heads = Heads()
        var word: UInt64
        let left = self.content.count &- index
        if left >= 8 {
            word = UInt64(littleEndian: self.content.word(at: index))
            heads.eight = Self.last(index, Self.hash(word), self.eights)
        } else {
            word = 0
            for place in 0..<left { word |= UInt64(self.content[index &+ place]) << UInt64(8 &* place) }
        }
        if left >= 4 { heads.four = Self.last(index, Self.hash(word << 32), self.fours) }
        let shift = self.hashShift
        let bytes = Int(truncatingIfNeeded: word)
        let hash =
            ((bytes & 0xFF) << (2 &* shift) ^ (bytes >> 8 & 0xFF) << shift ^ bytes >> 16 & 0xFF) & self.hashMask
        heads.three = Self.last(index, hash, self.threes)
        let rank = self.rank(heads.three) &+ 1
        let slot = 2 &* (index & (Self.windowLength &- 1))
        self.links[slot] = Self.word(Self.distance(index, heads.three), rank)
        self.links[slot &+ 1] = Self.word(Self.distance(index, heads.four), Self.distance(index, heads.eight))
        return heads
    }

    @inline(__always) private static func hash(_ word: UInt64) -> Int {
        Int(truncatingIfNeeded: (word &* 0x9E37_79B1_85EB_CA87) >> UInt64(64 &- Self.longHashBits))
    }

    @inline(__always) private static func last(_ index: Int, _ hash: Int, _ heads: WordView) -> Int {
        let last = heads[hash]
        heads[hash] = Int32(truncatingIfNeeded: index &+ 1)
        return Int(last) &- 1
    }

    /// What leads out of the window leads nowhere.
    @inline(__always) private static func distance(_ index: Int, _ last: Int) -> UInt16 {
        UInt16(truncatingIfNeeded: min(index &- last, 0xFFFF))
    }

    @inline(__always) private static func word(_ low: UInt16, _ high: UInt16) -> Int32 {
        Int32(truncatingIfNeeded: UInt32(low) | UInt32(high) << 16)
    }

    private enum Chain { case three, four, eight }

    @inline(__always) private func before(_ place: Int, _ chain: Chain) -> Int {
        let slot = 2 &* (place & (Self.windowLength &- 1))
        return switch chain {
        case .three: place &- Int(UInt16(truncatingIfNeeded: self.links[slot]))
        case .four: place &- Int(UInt16(truncatingIfNeeded: self.links[slot &+ 1]))
        case .eight: place &- Int(UInt16(truncatingIfNeeded: self.links[slot &+ 1] >> 16))
        }
    }

    @inline(__always) private func rank(_ place: Int) -> UInt16 {
        UInt16(truncatingIfNeeded: self.links[2 &* (place & (Self.windowLength &- 1))] >> 16)
    }

    /// The longest match of what is at `index`, if it is longer than `lastLength`.
    ///
    /// - Parameters:
    ///   - heads: of the insertion of `index`; the first is within reach.
    ///   - base: nothing there is matched, nor before.
    ///   - lastLength: 2 at least.
    ///   - work: less the places that were looked at.
    /// - Returns: nil when there is none; of three bytes too far away there may be none as well.
    func longest(
        at index: Int, from heads: Heads, after base: Int, longerThan lastLength: Int, takingShortest: Bool,
        work: inout Int
    ) -> (length: Int, start: Int)? {
        let available = self.content.count &- index
        let bound = min(DeflateCodes.longestMatch, available)
        guard lastLength < bound else { return nil }
        var search = Search(
            index: index, head: heads.three, least: max(base, index &- Self.farthest),
            tries: lastLength >= self.effort.good ? self.effort.chain >> 2 : self.effort.chain,
            nice: min(self.effort.nice, available), bound: bound, best: lastLength, start: -1)
        if lastLength >= 7 {
            self.walk(.eight, from: heads.eight, &search, &work)
        } else if bound >= 4 {
            self.walk(.four, from: heads.four, &search, &work)
        }
        if search.best == 2, takingShortest { self.shortest(&search, &work) }
        return search.start >= 0 ? (search.best, search.start) : nil
    }

    private struct Search {
        let index: Int
        /// The first place, which counts though it may be as far as can be.
        let head: Int
        let least: Int
        /// Places of the same three bytes that zlib looks at.
        let tries: Int
        let nice: Int
        let bound: Int
        var best: Int
        /// -1 for nowhere.
        var start: Int

        @inline(__always) func reaches(_ place: Int) -> Bool { place > self.least || place == self.head && place >= 0 }
    }

    /// Whether zlib would not have come as far as a place of the same three bytes.
    @inline(__always) private func isBeyond(_ place: Int, _ search: Search) -> Bool {
        Int(self.rank(search.head) &- self.rank(place)) >= search.tries
    }

    @inline(__always) private func walk(_ chain: Chain, from first: Int, _ search: inout Search, _ work: inout Int) {
        var chain = chain
        var place = first
        var looks = 0
        let four = self.content.word32(at: search.index)
        // What is longer has these bytes, too: compared first, for most places have not.
        var offset = max(0, search.best &- 3)
        var wanted = self.content.word32(at: search.index &+ offset)
        while search.reaches(place) {
            looks &+= 1
            if self.content.word32(at: place &+ offset) == wanted {
                let length = self.content.commonPrefix(
                    at: place, with: self.content, at: search.index, limit: search.bound)
                if length > search.best {
                    if self.isBeyond(place, search) { break }
                    search.best = length
                    search.start = place
                    if length >= search.nice || length == search.bound { break }
                    offset = length &- 3
                    wanted = self.content.word32(at: search.index &+ offset)
                    if length >= 8 { chain = .eight }
                }
            }
            // Others may have the hash, but no rank among these.
            if looks & 15 == 0, self.content.word32(at: place) == four, self.isBeyond(place, search) { break }
            place = self.before(place, chain)
        }
        work &-= looks
    }

    /// The nearest match of three bytes, where there is no longer one.
    private func shortest(_ search: inout Search, _ work: inout Int) {
        let three = self.three(at: search.index)
        var place = search.head
        var looks = 0
        while search.reaches(place), looks < search.tries, search.index &- place <= Self.tooFar {
            looks &+= 1
            if self.three(at: place) == three {
                (search.best, search.start) = (3, place)
                break
            }
            place = self.before(place, .three)
        }
        work &-= looks
    }

    @inline(__always) private func three(at index: Int) -> UInt32 {
        UInt32(self.content.pair(at: index)) << 8 | UInt32(self.content[index &+ 2])
    }
}
