/// Makes the deflate stream that a program of a known style makes of some bytes: zlib's `deflate_slow` with its window,
/// lazy matching and all.
///
/// Part of the patch format: what it makes of the same bytes and style may never change. Its work is bounded by the
/// number of bytes.
struct Deflater {
    /// Matches up to this length are chance in an image, and left out by a filtered style.
    static let shortMatch = 5

    /// Places that may be looked at to close `count` bytes of content: 1024 for each, on average, and some to begin with.
    static func mostWork(_ count: Int) -> Int { count << 10 + 1 << 20 }

    private let content: ByteView
    private let style: DeflateStyle
    private let effort: DeflateStyle.Effort
    private let matches: DeflateMatches
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
        var words = [Int32](repeating: 0, count: DeflateMatches.words(style))
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
        self.matches = DeflateMatches(content, style, words)
        self.work = work
    }

    private mutating func run(_ isWanted: ([UInt8]) -> Bool) throws(GaveUp) {
        let count = self.content.count
        var index = 0
        var matchLength = 2
        var matchStart = 0
        var isPending = false
        while index < count {
            // The window moves when what was read ahead runs short.
            let ahead = min(count, self.base + 2 * DeflateMatches.windowLength) - index
            if ahead < DeflateMatches.lookahead,
                index - self.base >= DeflateMatches.windowLength + DeflateMatches.farthest
            {
                self.base += DeflateMatches.windowLength
            }
            let heads = index + 3 <= count ? self.matches.insert(index) : DeflateMatches.Heads()
            let lastLength = matchLength
            let lastStart = matchStart
            matchLength = 2
            if heads.three > self.base, lastLength < self.effort.lazy, index - heads.three <= DeflateMatches.farthest {
                if let match = self.matches.longest(
                    at: index, from: heads, after: self.base, longerThan: lastLength,
                    takingShortest: !self.style.isFiltered, work: &self.work)
                {
                    (matchLength, matchStart) = match
                }
                guard self.work > 0 else { throw GaveUp() }
                if matchLength <= Self.shortMatch, self.style.isFiltered { matchLength = 2 }
            }
            if lastLength >= 3, matchLength <= lastLength {
                self.block.add(length: lastLength, distance: index - 1 - lastStart)
                let isFull = self.isFull(index)
                for _ in 0..<lastLength - 2 {
                    index += 1
                    if index + 3 <= count { _ = self.matches.insert(index) }
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
