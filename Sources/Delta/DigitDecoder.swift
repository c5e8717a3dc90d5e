/// Reads what ``DigitEncoder`` wrote; past the end it reads zeros, so damage gives wrong decisions, never a crash.
@safe struct DigitDecoder: DigitCoder {
    private let bytes: ByteView
    private var offset = 0
    private var state: UInt64 = 0
    /// Decisions left in this block.
    private var left = 0

    static var isEncoder: Bool { false }

    init() { self.bytes = ByteView(empty: ()) }

    init(_ bytes: ByteView) {
        self.bytes = bytes
        self.beginBlock()
    }

    @inline(__always) mutating func code(_ digit: Int, _ odds: DigitOdds) -> Int {
        let place = self.place
        let coded = odds.digit(at: place)
        self.take(place: place, start: odds.start(of: coded), share: odds.share(of: coded))
        return coded
    }

    @inline(__always) mutating func code(bit: Int, zero: Int) -> Int {
        let place = self.place
        // A branch, so that the processor goes on along the likelier way before it knows.
        if _fastPath(place < zero) {
            self.take(place: place, start: 0, share: zero)
            return 0
        }
        self.take(place: place, start: zero, share: 1 << DigitBlock.odds &- zero)
        return 1
    }

    @inline(__always) mutating func code(even value: Int, bits: Int) -> Int {
        let place = self.place
        let shift = DigitBlock.odds &- bits
        let coded = place &>> shift
        self.take(place: place, start: coded &<< shift, share: 1 &<< shift)
        return coded
    }

    /// Where among all shares the state points: 0 to 32767.
    @inline(__always) private var place: Int {
        Int(truncatingIfNeeded: self.state) & (1 << DigitBlock.odds &- 1)
    }

    @inline(__always) private mutating func take(place: Int, start: Int, share: Int) {
        self.state =
            UInt64(truncatingIfNeeded: share) &* (self.state &>> UInt64(DigitBlock.odds))
            &+ UInt64(truncatingIfNeeded: place &- start)
        if _slowPath(self.state < DigitBlock.state) { self.state = self.state &<< 32 | self.nextWord() }
        self.left &-= 1
        if _slowPath(self.left == 0) { self.beginBlock() }
    }

    private mutating func beginBlock() {
        self.state = self.nextWord() << 32 | self.nextWord()
        self.left = DigitBlock.length
    }

    @inline(__always) private mutating func nextWord() -> UInt64 {
        var word: UInt64 = 0
        if _fastPath(self.offset &+ 4 <= self.bytes.count) {
            word = UInt64(self.bytes.word32(at: self.offset))
        } else {
            for index in self.offset..<max(self.offset, self.bytes.count) {
                word |= UInt64(self.bytes[index]) &<< UInt64(8 &* (index &- self.offset))
            }
        }
        self.offset &+= 4
        return word
    }
}
