/// Makes the deflate stream that a program of a known style makes of some bytes: zlib's `deflate_slow` with its window,
/// lazy matching and all.
///
/// Part of the patch format: what it makes of the same bytes and style may never change. Its work is bounded by the
/// number of bytes.
struct Deflater {
    private static let windowLength = 1 << 15
    private static let lookahead = 262
    private static let farthest = Self.windowLength - Self.lookahead
    /// A shortest match farther away than this costs more than it saves.
    private static let tooFar = 4096
    /// Matches up to this length are chance in an image, and left out by a filtered style.
    static let shortMatch = 5

    /// Places that may be looked at to close `count` bytes of content: 1024 for each, on average, and some to begin with.
    static func mostWork(_ count: Int) -> Int { count << 10 + 1 << 20 }

    private let content: ByteView
    private let style: DeflateStyle
    private let effort: DeflateStyle.Effort
    private let heads: WordView
    private let chain: WordView
    private let hashMask: Int
    private let hashShift: Int
    private var block = DeflateBlock()
    private var blockStart = 0
    /// What the window's first place is; nothing there is ever matched, nor before.
    private var base = 0
    private var work: Int

    /// What took more work than allowed, or was not wanted any longer.
    struct GaveUp: Error {}

    /// - Parameters:
    ///   - work: places that may be looked at; less those that were.
    ///   - isWanted: takes the stream piece by piece, and says whether to go on.
    /// - Throws: ``GaveUp``.
    static func deflate(
        _ content: ByteView, _ style: DeflateStyle, work: inout Int, isWanted: ([UInt8]) -> Bool
    ) throws(GaveUp) {
        var words = [Int32](repeating: 0, count: 1 << style.hashBits + Self.windowLength)
        try unsafe words.withUnsafeMutableBufferPointer { buffer throws(GaveUp) in
            let words = unsafe WordView(buffer)
            var deflater = Deflater(content, style, words, work)
            defer { work = deflater.work }
            try deflater.run(isWanted)
        }
    }

    private init(_ content: ByteView, _ style: DeflateStyle, _ words: WordView, _ work: Int) {
        self.content = content
        self.style = style
        self.effort = style.effort
        self.heads = words.part(0..<1 << style.hashBits)
        self.chain = words.part(1 << style.hashBits..<words.count)
        self.hashMask = 1 << style.hashBits - 1
        self.hashShift = (style.hashBits + 2) / 3
        self.work = work
    }

    /// Remembers the three bytes at `index`.
    ///
    /// - Returns: where their hash was last, plus one.
    @inline(__always) private func insert(_ index: Int) -> Int {
        let shift = self.hashShift
        let hash =
            (Int(self.content[index]) << (2 * shift) ^ Int(self.content[index &+ 1]) << shift
                ^ Int(self.content[index &+ 2])) & self.hashMask
        let last = self.heads[hash]
        self.chain[index & (Self.windowLength - 1)] = last
        self.heads[hash] = Int32(truncatingIfNeeded: index &+ 1)
        return Int(last)
    }

    private mutating func run(_ isWanted: ([UInt8]) -> Bool) throws(GaveUp) {
        let count = self.content.count
        var index = 0
        var matchLength = 2
        var matchStart = 0
        var isPending = false
        while index < count {
            // The window moves when what was read ahead runs short.
            let ahead = min(count, self.base + 2 * Self.windowLength) - index
            if ahead < Self.lookahead, index - self.base >= Self.windowLength + Self.farthest {
                self.base += Self.windowLength
            }
            let head = index + 3 <= count ? self.insert(index) - 1 : -1
            let lastLength = matchLength
            let lastStart = matchStart
            matchLength = 2
            if head > self.base, lastLength < self.effort.lazy, index - head <= Self.farthest {
                (matchLength, matchStart) = self.longestMatch(at: index, from: head, lastLength, matchStart)
                guard self.work > 0 else { throw GaveUp() }
                if matchLength <= Self.shortMatch, self.style.isFiltered { matchLength = 2 }
                if matchLength == 3, index - matchStart > Self.tooFar { matchLength = 2 }
            }
            if lastLength >= 3, matchLength <= lastLength {
                self.block.add(length: lastLength, distance: index - 1 - lastStart)
                let isFull = self.isFull(index)
                for _ in 0..<lastLength - 2 {
                    index += 1
                    if index + 3 <= count { _ = self.insert(index) }
                }
                isPending = false
                matchLength = 2
                index += 1
                if isFull { try self.endBlock(at: index, isWanted) }
            } else {
                if isPending {
                    self.block.add(literal: self.content[index - 1])
                    if self.isFull(index) { try self.endBlock(at: index, isWanted) }
                }
                isPending = true
                index += 1
            }
        }
        if isPending { self.block.add(literal: self.content[index - 1]) }
        self.end(at: count, isLast: true)
        guard isWanted(self.block.takeOutput()) else { throw GaveUp() }
    }

    /// zlib's `longest_match`.
    private mutating func longestMatch(
        at index: Int, from head: Int, _ lastLength: Int, _ lastStart: Int
    ) -> (length: Int, start: Int) {
        let available = self.content.count - index
        var tries = lastLength >= self.effort.good ? self.effort.chain >> 2 : self.effort.chain
        let nice = min(self.effort.nice, available)
        let bound = min(DeflateCodes.longestMatch, available)
        let least = max(self.base, index - Self.farthest)
        var best = lastLength
        var start = lastStart
        var place = head
        // What is longer has these bytes, too: compared first, for most places have not.
        var (offset, mask) = self.probe(at: index, longerThan: best)
        var wanted = self.content.word32(at: index &+ offset) & mask
        while true {
            self.work &-= 1
            if best < bound, self.content.word32(at: place &+ offset) & mask == wanted {
                let length = self.content.commonPrefix(at: place, with: self.content, at: index, limit: bound)
                if length > best {
                    best = length
                    start = place
                    if length >= nice { break }
                    (offset, mask) = self.probe(at: index, longerThan: best)
                    wanted = self.content.word32(at: index &+ offset) & mask
                }
            }
            place = Int(self.chain[place & (Self.windowLength - 1)]) &- 1
            tries &-= 1
            if place <= least || tries == 0 { break }
        }
        return (min(best, available), start)
    }

    /// Which four bytes, and which of their bits, a match of more than `best` bytes shares with those at `index`.
    @inline(__always) private func probe(at index: Int, longerThan best: Int) -> (offset: Int, mask: UInt32) {
        if best >= 3, index &+ best < self.content.count { return (best &- 3, .max) }
        // Near the end four bytes from the front may be one too many.
        return index &+ 4 <= self.content.count ? (0, 0xFF_FFFF) : (-1, 0xFFFF_FF00)
    }

    private func isFull(_ index: Int) -> Bool {
        if self.style.endsEarly, self.block.doesWell(length: index - self.blockStart) { return true }
        return self.block.count == self.style.blockLength - 1
    }

    private mutating func endBlock(at index: Int, _ isWanted: ([UInt8]) -> Bool) throws(GaveUp) {
        self.end(at: index, isLast: false)
        guard isWanted(self.block.takeOutput()) else { throw GaveUp() }
    }

    private mutating func end(at index: Int, isLast: Bool) {
        self.block.end(
            self.blockStart >= self.base ? self.content : nil, from: self.blockStart, length: index - self.blockStart,
            isLast: isLast)
        self.blockStart = index
    }
}
