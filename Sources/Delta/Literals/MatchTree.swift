/// Finds where bytes were met before: a binary search tree over the suffixes that begin alike, the latest at the root.
///
/// After Pavlov's finder of LZMA: inserting a suffix splits the tree at it, and what is compared on the way are its
/// matches, each longer than the one met before and further away. Matches of two and three bytes come from tables of
/// the latest place. Of longer inputs the tree keeps the last 2^23 places, and a table of the beginnings of every
/// sixteenth place tells what was further away.
///
/// Memory: 8 bytes for each byte up to 2^23, and 9 MiB at most for the tables.
@safe struct MatchTree {
    private let text: ByteView
    /// Two for each place: the sons before and after it.
    private let sons: WordView
    private let latestOfFour: WordView
    private let latestOfThree: WordView
    private let latestOfTwo: WordView
    private let latestFar: WordView
    private let mask: Int
    private let window: Int
    private let fourBits: Int

    /// A match of this length is long enough: no longer ones are looked for.
    static let enough = 96
    /// Places compared for each byte at most.
    private static let depth = 16
    /// The most matches of one place.
    static let most = depth + 3
    private static let threeBits = 16
    private static let twoBits = 16
    private static let farBits = 20
    private static let farStep = 16
    /// Places the tree keeps at most; a power of two.
    static let largestWindow = 1 << 23
    /// Matches of two and three bytes that are further away take more than the bytes themselves.
    private static let nearForTwo = 1 << 12
    private static let nearForThree = 1 << 18

    private static func fourBits(_ count: Int) -> Int {
        max(10, min(20, Int.bitWidth - count.leadingZeroBitCount))
    }

    private static func farPlaces(_ count: Int, window: Int) -> Int { count > window ? 1 << self.farBits : 0 }

    /// Words to lend for a text of `count` bytes.
    static func words(_ count: Int, window: Int) -> Int {
        2 * min(count, window) + (1 << self.fourBits(count)) + (1 << self.threeBits) + (1 << self.twoBits)
            + self.farPlaces(count, window: window)
    }

    /// - Parameters:
    ///   - window: ``largestWindow``, or another power of two.
    ///   - words: ``words(_:window:)`` of them, all -1.
    init(_ text: ByteView, window: Int, words: WordView) {
        self.text = text
        self.window = min(text.count, window)
        self.mask = text.count > window ? window - 1 : -1
        self.fourBits = Self.fourBits(text.count)
        var end = 2 * self.window
        self.sons = words.part(0..<end)
        self.latestOfFour = words.part(end..<end + 1 << self.fourBits)
        end += 1 << self.fourBits
        self.latestOfThree = words.part(end..<end + 1 << Self.threeBits)
        end += 1 << Self.threeBits
        self.latestOfTwo = words.part(end..<end + 1 << Self.twoBits)
        end += 1 << Self.twoBits
        self.latestFar = words.part(end..<end + Self.farPlaces(text.count, window: window))
    }

    /// Enters the suffix at `place`, which must be done for each place in turn, and tells its matches.
    ///
    /// - Parameter found: gets a length and a place for each match, the lengths ascending; room for ``most``. No match is
    ///   told to be longer than ``enough``.
    /// - Returns: how many.
    func enter(_ place: Int, _ found: WordView) -> Int {
        guard place &+ 8 <= self.text.count else { return 0 }
        self.prefetch(after: place)
        let limit = min(Self.enough, self.text.count &- place)
        let beginning = self.text.word32(at: place)
        var count = 0
        var longest = self.nearMatches(place, beginning, limit, found, &count)
        var node = Int(self.exchange(self.latestOfFour, Self.hash(beginning, self.fourBits), place))
        var left = 2 &* (place & self.mask)
        var right = left &+ 1
        var leftCommon = 0
        var rightCommon = 0
        var turns = Self.depth
        while node >= 0, place &- node < self.window, turns > 0 {
            turns &-= 1
            let sons = 2 &* (node & self.mask)
            let known = min(leftCommon, rightCommon)
            let length =
                known
                &+ self.text.commonPrefix(
                    at: node &+ known, with: self.text, at: place &+ known, limit: limit &- known)
            if length > longest {
                longest = length
                Self.add(length, node, found, &count)
            }
            if length == limit {
                // As far as was looked it is the same suffix, so this one takes its place.
                self.sons[left] = self.sons[sons]
                self.sons[right] = self.sons[sons &+ 1]
                return self.farMatch(place, longest, limit, found, count)
            }
            if self.text[node &+ length] < self.text[place &+ length] {
                self.sons[left] = Int32(truncatingIfNeeded: node)
                left = sons &+ 1
                node = Int(self.sons[left])
                leftCommon = length
            } else {
                self.sons[right] = Int32(truncatingIfNeeded: node)
                right = sons
                node = Int(self.sons[right])
                rightCommon = length
            }
        }
        self.sons[left] = -1
        self.sons[right] = -1
        return self.farMatch(place, longest, limit, found, count)
    }

    @inline(__always) private static func hash(_ beginning: UInt32, _ bits: Int) -> Int {
        Int((beginning &* 0x9E37_79B1) &>> UInt32(32 &- bits))
    }

    /// The place a table told, and this one from now on.
    @inline(__always) private func exchange(_ table: WordView, _ slot: Int, _ place: Int) -> Int32 {
        let latest = table[slot]
        table[slot] = Int32(truncatingIfNeeded: place)
        return latest
    }

    @inline(__always) private static func add(_ length: Int, _ place: Int, _ found: WordView, _ count: inout Int) {
        found[2 &* count] = Int32(truncatingIfNeeded: length)
        found[2 &* count &+ 1] = Int32(truncatingIfNeeded: place)
        count &+= 1
    }

    /// Tells the latest places of the first two and the first three bytes if they are near.
    ///
    /// - Returns: the longest match, at least 3, as the tree tells longer ones only.
    @inline(__always) private func nearMatches(
        _ place: Int, _ beginning: UInt32, _ limit: Int, _ found: WordView, _ count: inout Int
    ) -> Int {
        let two = Int(self.exchange(self.latestOfTwo, Int(beginning & 0xFFFF), place))
        let three = Int(self.exchange(self.latestOfThree, Self.hash(beginning &<< 8, Self.threeBits), place))
        var longest = 1
        if two >= 0, place &- two < Self.nearForTwo {
            longest = self.text.commonPrefix(at: two, with: self.text, at: place, limit: limit)
            Self.add(longest, two, found, &count)
        }
        if three >= 0, three != two, place &- three < Self.nearForThree {
            let length = self.text.commonPrefix(at: three, with: self.text, at: place, limit: limit)
            if length >= 3, length > longest {
                longest = length
                Self.add(length, three, found, &count)
            }
        }
        return max(longest, 3)
    }

    /// Tells a match further away than the tree reaches, if it is longer than all.
    @inline(__always) private func farMatch(
        _ place: Int, _ longest: Int, _ limit: Int, _ found: WordView, _ count: Int
    ) -> Int {
        guard self.latestFar.count > 0, limit >= Self.farStep else { return count }
        let word = self.text.word(at: place) ^ self.text.word(at: place &+ 8) &* 0xC2B2_AE3D_27D4_EB4F
        let slot = Int((UInt64(littleEndian: word) &* 0x9E37_79B9_7F4A_7C15) &>> UInt64(64 &- Self.farBits))
        let far = Int(self.latestFar[slot])
        if place % Self.farStep == 0 { self.latestFar[slot] = Int32(truncatingIfNeeded: place) }
        guard far >= 0, place &- far >= self.window else { return count }
        let length = self.text.commonPrefix(at: far, with: self.text, at: place, limit: limit)
        guard length >= Self.farStep, length > longest else { return count }
        var count = count
        Self.add(length, far, found, &count)
        return count
    }

    /// Asks for the memory that places a little later will need.
    @inline(__always) private func prefetch(after place: Int) {
        guard place &+ 16 <= self.text.count else { return }
        let later = self.text.word32(at: place &+ 12)
        self.latestOfFour.prefetch(at: Self.hash(later, self.fourBits))
        self.latestOfThree.prefetch(at: Self.hash(later &<< 8, Self.threeBits))
        let node = Int(self.latestOfFour[Self.hash(self.text.word32(at: place &+ 4), self.fourBits)])
        guard node >= 0 else { return }
        self.sons.prefetch(at: 2 &* (node & self.mask))
        self.text.prefetch(at: node)
    }
}
