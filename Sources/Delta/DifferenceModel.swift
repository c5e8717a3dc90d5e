/// The model that codes a difference: covers, how far the old bytes foretell the new ones, and what stands instead.
///
/// Reads and writes with the same code (``BitCoder``). Executables are the reason for its second half: when code moves,
/// every reference across the move changes, so operands are foretold from what became of their targets, the way
/// Courgette and Zucchini (Chromium) do, but without taking the file apart: each target is learnt when first met.
@safe struct DifferenceModel<Coder: BitCoder> {
    /// Which references are foretold.
    struct Options: OptionSet {
        let rawValue: Int
        /// x86-64 operands relative to the instruction, and little-endian fields in data.
        static var references: Options { Options(rawValue: 1) }
    }

    var models: BitModels<Coder>
    let isEncoder: Bool
    let options: Options
    let old: ByteView
    /// Complete when coding; filled from first to last when decoding.
    let new: MutableByteView
    let map: AddressMap
    let weights: WordView
    private let stretched: HalfView
    private let squashed: HalfView

    // What the contexts are made of.
    private var streak = 0
    private var run = 0
    private var lastRunDigits = 0
    private var lastAlignment = 0
    private var lastDifference: UInt8 = 0
    private var firstDifference: UInt8 = 0
    private var left = 0
    private var confidence: (Int, Int, Int, Int, Int, Int, Int, Int) = (0, 0, -4, -4, -4, -4, 0, 0)
    private var history: (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0, 0, 0, 0, 0)
    private var lastFieldChange: UInt32 = 0

    init(
        _ coder: Coder, isEncoder: Bool, options: Options, old: ByteView, new: MutableByteView, words: WordView
    ) {
        self.isEncoder = isEncoder
        self.options = options
        self.old = old
        self.new = new
        self.models = BitModels(coder, words: words.part(0..<ModelLayout.contexts))
        self.map = AddressMap(words.part(ModelLayout.contexts..<ModelLayout.contexts + AddressMap.size))
        self.weights = words.part(ModelLayout.weights..<ModelLayout.stretched)
        self.stretched = words.part(ModelLayout.stretched..<ModelLayout.squashed).halves
        self.squashed = words.part(ModelLayout.squashed..<ModelLayout.size).halves
        // Static tables are checked for being there at each use; copies are not.
        for (index, value) in Mixing.stretched.enumerated() { self.stretched[index] = value }
        for (index, value) in Mixing.squashed.enumerated() { self.squashed[index] = value }
        self.weights.fill(0..<self.weights.count, with: 26 << 10)
    }

    // MARK: Covers

    /// Codes where the covers lie.
    ///
    /// - Parameter covers: ignored when decoding.
    /// - Throws: when what was decoded does not fit both sides.
    mutating func codeCovers(_ covers: [Cover]) throws(DeltaError) -> [Cover] {
        let count = self.models.number(covers.count, ModelLayout.count)
        guard count <= PatchLimits.covers else { throw .invalid(what: "cover count", offset: 0) }
        var coded: [Cover] = []
        coded.reserveCapacity(count)
        var end = 0
        var recent = RecentDisplacements()
        var adjacent = 0
        for index in 0..<count {
            let cover = self.isEncoder ? covers[index] : Cover(newStart: 0, oldStart: 0, length: 1)
            let gap = self.models.number(cover.newStart - end, ModelLayout.gap + adjacent * ModelLayout.number)
            adjacent = gap == 0 ? 1 : 0
            let length =
                self.models.number(cover.length - 1, ModelLayout.length + adjacent * ModelLayout.number) + 1
            let start = end + gap
            let displacement = self.codeDisplacement(cover.displacement, &recent)
            guard start + length <= self.new.count, start + displacement >= 0,
                start + displacement + length <= self.old.count
            else { throw .invalid(what: "cover", offset: index) }
            coded.append(Cover(newStart: start, oldStart: start + displacement, length: length))
            end = start + length
        }
        return coded
    }

    private mutating func codeDisplacement(_ displacement: Int, _ recent: inout RecentDisplacements) -> Int {
        let known = self.isEncoder ? recent.index(of: displacement) : 0
        let index = self.models.tree(known, bits: 4, ModelLayout.recent)
        if index < RecentDisplacements.count {
            recent.use(index)
            return recent.first
        }
        let change = displacement - recent.first
        let negative = self.models.bit(change < 0 ? 1 : 0, ModelLayout.sign)
        let magnitude = self.models.number(Int(change.magnitude), ModelLayout.change)
        recent.add(recent.first + (negative == 1 ? -magnitude : magnitude))
        return recent.first
    }

    // MARK: Bytes

    /// Codes the new bytes of all covers.
    mutating func codeDifferences(_ covers: [Cover], origins: PatchOrigins) throws(DeltaError) {
        let total = covers.reduce(0) { $0 + $1.length }
        self.run = 0
        if !self.isEncoder { self.left = self.codeRun(0) }
        for cover in covers {
            let base = origins.bases(of: cover)
            if self.options.contains(.references) {
                self.codeCode(cover, base)
            } else {
                self.codePlain(cover)
            }
        }
        // The last run ends with the bytes.
        if self.isEncoder { _ = self.codeRun(self.run) }
        if !self.isEncoder, self.left != 0 { throw .invalid(what: "equal bytes", offset: total) }
    }

    private mutating func codePlain(_ cover: Cover) {
        var index = cover.newStart
        let end = cover.newEnd
        let displacement = cover.displacement
        while index < end {
            if self.isEncoder {
                let length = self.equalBytes(index, displacement, limit: end - index)
                self.run += length
                index += length
            } else {
                let length = min(self.left, end - index)
                self.new.copy(length, from: self.old, at: index + displacement, to: index)
                self.left -= length
                index += length
            }
            guard index < end else { return }
            self.codeMismatch(index, self.old[index + displacement], displacement, cover)
            index += 1
        }
    }

    @inline(__always) private func equalBytes(_ index: Int, _ displacement: Int, limit: Int) -> Int {
        self.old.commonPrefix(at: index &+ displacement, with: self.new, at: index, limit: limit)
    }

    /// One byte that `predicted` may or may not be.
    @inline(__always) private mutating func codeByte(
        _ index: Int, _ predicted: UInt8, _ displacement: Int, _ cover: Cover
    ) {
        if self.isEncoder {
            if self.new[index] == predicted {
                self.run &+= 1
                return
            }
        } else if self.left > 0 {
            self.left &-= 1
            self.new[index] = predicted
            return
        }
        self.codeMismatch(index, predicted, displacement, cover)
    }

    /// Walks a cover byte by byte, looking for operands in the old bytes.
    private mutating func codeCode(_ cover: Cover, _ base: PatchOrigins.Bases) {
        let displacement = cover.displacement
        let end = cover.newEnd
        var index = cover.newStart
        while true {
            index = self.passQuietBytes(index, displacement, end: end)
            guard index < end else { return }
            let position = index &+ displacement
            let byte = self.old[position]
            if self.isMatch(index, byte) {
                self.new[index] = byte
                index &+= 1
            } else if let field = self.codeField(index, displacement, cover, base) {
                index = field
                continue
            } else {
                self.codeValue(index, byte, displacement, cover)
                index &+= 1
            }
            guard OperandKind.mayPrecede(byte), index &+ 4 <= end else { continue }
            let kind = OperandKind(before: position &+ 1, in: self.old)
            guard kind != .none else { continue }
            self.codeOperand(kind, index, displacement, cover, base)
            index &+= 4
        }
    }

    /// Goes on while the predictions hold and no operand may follow, eight bytes at a time.
    ///
    /// - Returns: where that ends, or fewer than eight bytes before it.
    @inline(__always) private mutating func passQuietBytes(_ start: Int, _ displacement: Int, end: Int) -> Int {
        var index = start
        let limit = self.isEncoder ? end : min(end, start &+ self.left)
        while index &+ 8 <= limit {
            let word = self.old.word(at: index &+ displacement)
            var stop = OperandKind.marksBefore(word)
            if self.isEncoder {
                stop |= self.new.word64(at: index) ^ word
            } else {
                self.new.store(word, at: index)
            }
            guard stop == 0 else {
                index &+= UInt64(littleEndian: stop).trailingZeroBitCount >> 3
                break
            }
            index &+= 8
        }
        if self.isEncoder { self.run &+= index &- start } else { self.left &-= index &- start }
        return index
    }

    /// Whether the byte at `index` is the predicted one; counts it.
    @inline(__always) private mutating func isMatch(_ index: Int, _ predicted: UInt8) -> Bool {
        if self.isEncoder {
            guard self.new[index] == predicted else {
                self.endRun()
                return false
            }
            self.run &+= 1
            return true
        }
        guard self.left > 0 else { return false }
        self.left &-= 1
        return true
    }

    private mutating func codeMismatch(_ index: Int, _ predicted: UInt8, _ displacement: Int, _ cover: Cover) {
        if self.isEncoder { self.endRun() }
        self.codeValue(index, predicted, displacement, cover)
    }

    /// Writes the run that a mismatch ended.
    private mutating func endRun() {
        _ = self.codeRun(self.run)
        self.run = 0
    }

    /// Begins the next run, after `count` mismatches up to `position` of the old bytes.
    @inline(__always) private mutating func beginRun(_ position: Int) {
        self.lastAlignment = position & 3
        if !self.isEncoder { self.left = self.codeRun(0) }
    }

    /// Codes how many predictions hold from here; the contexts stand as the last mismatch left them.
    private mutating func codeRun(_ run: Int) -> Int {
        let edge = self.lastDifference == 0xFF ? 2 : self.lastDifference == 1 ? 1 : 0
        let zero = (min(self.streak, 4) * 4 + self.lastAlignment) * 3 + edge
        if self.models.bit(run == 0 ? 1 : 0, ModelLayout.zeroRun + zero) == 1 { return 0 }
        let context = self.lastAlignment * 12 + min(self.lastRunDigits, 11)
        let coded = self.models.number(run - 1, ModelLayout.run + context * ModelLayout.number) + 1
        self.lastRunDigits = Int.bitWidth - coded.leadingZeroBitCount
        self.streak = 0
        return coded
    }

    /// Codes a byte that is not `predicted`, as its difference from it.
    private mutating func codeValue(_ index: Int, _ predicted: UInt8, _ displacement: Int, _ cover: Cover) {
        let position = index + displacement
        let value = self.isEncoder ? self.new[index] &- predicted : 0
        let streak = min(self.streak, 3)
        let before = streak == 0 ? self.firstDifference : self.lastDifference
        var back: UInt8 = 0
        if index - cover.newStart >= 4 { back = self.new[index - 4] &- self.old[position - 4] }
        let first = ModelLayout.value + (streak << 8 | Int(before)) * ModelLayout.byteContexts
        let second =
            ModelLayout.value + ModelLayout.valueBlock + (min(streak, 1) << 8 | Int(predicted))
            * ModelLayout.byteContexts
        let third =
            ModelLayout.value + 2 * ModelLayout.valueBlock + ((position & 3) << 8 | Int(back))
            * ModelLayout.byteContexts
        let coded = UInt8(self.mixed(Int(value), first, second, third, weights: streak))
        self.new[index] = predicted &+ coded
        if self.streak == 0 { self.firstDifference = coded }
        self.lastDifference = coded
        self.streak += 1
        self.beginRun(position + 1)
    }

    /// Codes eight bits from the highest, each by three contexts whose opinions are weighed.
    private mutating func mixed(_ value: Int, _ first: Int, _ second: Int, _ third: Int, weights set: Int) -> Int {
        Self.mixed(value, first, second, third, set << 8, &self.models, self.weights, self.stretched, self.squashed)
    }

    /// Apart from the rest of the state, so that what a byte needs stays in registers.
    private static func mixed(
        _ value: Int, _ first: Int, _ second: Int, _ third: Int, _ set: Int, _ models: inout BitModels<Coder>,
        _ weights: WordView, _ stretched: HalfView, _ squashed: HalfView
    ) -> Int {
        var node = 1
        // Fifteen nodes of a digit lie in one cache line.
        var digit = 0
        var place = 1
        var shift = 7
        while shift >= 0 {
            let (one, two, three) = (first &+ digit &+ place, second &+ digit &+ place, third &+ digit &+ place)
            let opinion = (
                Int32(stretched[Int(models.zero(one) >> 4)]), Int32(stretched[Int(models.zero(two) >> 4)]),
                Int32(stretched[Int(models.zero(three) >> 4)])
            )
            let base = (set | node) &* 3
            let weight = (weights[base], weights[base &+ 1], weights[base &+ 2])
            let sum =
                Int(opinion.0) &* Int(weight.0) &+ Int(opinion.1) &* Int(weight.1) &+ Int(opinion.2) &* Int(weight.2)
            let zero = Int(squashed[min(max(sum >> 16, -2047), 2047) &+ 2047])
            let coded = models.coder.code(value >> shift & 1, zero: UInt32(truncatingIfNeeded: zero) << 3)
            let error = ((1 &- coded) << 12 &- zero) &* 10
            weights[base] = weight.0 &+ Int32(truncatingIfNeeded: (Int(opinion.0) &* error &+ 1 << 15) >> 16)
            weights[base &+ 1] = weight.1 &+ Int32(truncatingIfNeeded: (Int(opinion.1) &* error &+ 1 << 15) >> 16)
            weights[base &+ 2] = weight.2 &+ Int32(truncatingIfNeeded: (Int(opinion.2) &* error &+ 1 << 15) >> 16)
            models.learn(one, coded)
            models.learn(two, coded)
            models.learn(three, coded)
            node = node << 1 | coded
            place = place << 1 | coded
            if shift == 4 {
                digit = (place &- 15) << 4
                place = 1
            }
            shift &-= 1
        }
        return node & 255
    }

    // MARK: Operands

    /// Four bytes after an opcode that take an address relative to the next instruction.
    private mutating func codeOperand(
        _ kind: OperandKind, _ index: Int, _ displacement: Int, _ cover: Cover, _ base: PatchOrigins.Bases
    ) {
        let position = index &+ displacement
        let oldValue = self.old.word32(at: position)
        let next = position &+ base.old &+ 4 &+ kind.tail
        let target = next &+ Int(Int32(bitPattern: oldValue))
        let (source, change) = self.map.change(of: target)
        let newNext = index &+ base.new &+ 4 &+ kind.tail
        let foretold = UInt32(truncatingIfNeeded: target &+ change &- newNext)
        let trust = kind.group * 2 + (source == .exact ? 0 : 1)
        let used = source != .none && self.trust(trust) >= 0
        var predicted = used ? foretold : oldValue
        for offset in 0..<4 {
            self.codeByte(index &+ offset, UInt8(truncatingIfNeeded: predicted), displacement, cover)
            predicted >>= 8
        }
        let newValue = self.new.word(at: index)
        if source != .none, foretold != oldValue {
            if newValue == foretold {
                self.addTrust(trust, 1)
            } else if newValue == oldValue {
                self.addTrust(trust, -1)
            }
        }
        let newTarget = newNext &+ Int(Int32(bitPattern: newValue))
        self.map.learn(target, change: newTarget &- target)
    }

    @inline(__always) private func trust(_ index: Int) -> Int {
        switch index {
        case 0: self.confidence.0
        case 1: self.confidence.1
        case 2: self.confidence.2
        case 3: self.confidence.3
        case 4: self.confidence.4
        case 5: self.confidence.5
        case 6: self.confidence.6
        default: self.confidence.7
        }
    }

    @inline(__always) private mutating func addTrust(_ index: Int, _ amount: Int) {
        let value = min(max(self.trust(index) + amount, -16), 32)
        switch index {
        case 0: self.confidence.0 = value
        case 1: self.confidence.1 = value
        case 2: self.confidence.2 = value
        case 3: self.confidence.3 = value
        case 4: self.confidence.4 = value
        case 5: self.confidence.5 = value
        case 6: self.confidence.6 = value
        default: self.confidence.7 = value
        }
    }

    // MARK: Fields

    /// Tries to tell the aligned field around a mismatch by what changed in fields like it.
    ///
    /// - Returns: where the next byte is, or nil when no guess was right.
    private mutating func codeField(
        _ index: Int, _ displacement: Int, _ cover: Cover, _ base: PatchOrigins.Bases
    ) -> Int? {
        let position = index &+ displacement
        let start = index &- ((position &+ base.old) & 3)
        guard start >= cover.newStart, start &+ 4 <= cover.newEnd else { return nil }
        let oldStart = start &+ displacement
        let oldValue = self.old.word32(at: oldStart)
        let known = UInt32(truncatingIfNeeded: 1 << (8 * (index - start)) - 1)
        var knownValue: UInt32 = 0
        for offset in 0..<index - start { knownValue |= UInt32(self.new[start + offset]) << UInt32(8 * offset) }
        let oldByte = self.old[position]
        var tried: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0, 0, 0, 0)
        var count = 0
        for guess in 0..<7 {
            var candidate: UInt32
            switch guess {
            case 0: candidate = self.stride(24, start, oldStart, cover, oldValue)
            case 1:
                let (source, change) = self.map.change(of: Int(oldValue))
                guard source != .none else { continue }
                candidate = oldValue &+ UInt32(truncatingIfNeeded: change)
            case 2:
                let target = oldStart &+ base.old &+ Int(Int32(bitPattern: oldValue))
                let (source, change) = self.map.change(of: target)
                guard source != .none else { continue }
                candidate = UInt32(truncatingIfNeeded: target &+ change &- start &- base.new)
            case 3: candidate = oldValue &+ self.lastFieldChange
            case 4: candidate = self.stride(8, start, oldStart, cover, oldValue)
            case 5: candidate = self.stride(16, start, oldStart, cover, oldValue)
            default: candidate = self.stride(12, start, oldStart, cover, oldValue)
            }
            guard candidate & known == knownValue,
                UInt8(truncatingIfNeeded: candidate >> UInt32(8 * (index - start))) != oldByte,
                candidate != tried.0 || count < 1, candidate != tried.1 || count < 2,
                candidate != tried.2 || count < 3, candidate != tried.3 || count < 4
            else { continue }
            switch count {
            case 0: tried.0 = candidate
            case 1: tried.1 = candidate
            case 2: tried.2 = candidate
            default: tried.3 = candidate
            }
            let context = ModelLayout.guess + ((guess << 4 | Int(self.past(guess) & 15)) * 4 + min(count, 3))
            count += 1
            let right = self.models.bit(self.isEncoder && self.new.word(at: start) == candidate ? 1 : 0, context)
            self.addPast(guess, UInt8(right))
            guard right == 1 else { continue }
            for offset in 0..<4 {
                self.new[start &+ offset] = UInt8(truncatingIfNeeded: candidate >> UInt32(8 * offset))
            }
            self.lastFieldChange = candidate &- oldValue
            if guess == 2 {
                let target = oldStart &+ base.old &+ Int(Int32(bitPattern: oldValue))
                let newTarget = start &+ base.new &+ Int(Int32(bitPattern: candidate))
                self.map.learn(target, change: newTarget &- target)
            } else {
                self.map.learn(Int(oldValue), change: Int(Int32(bitPattern: candidate &- oldValue)))
            }
            self.streak = 4
            self.lastDifference = 0
            self.beginRun(oldStart &+ 4)
            return start &+ 4
        }
        return nil
    }

    /// The old value changed as the field `stride` bytes before changed.
    @inline(__always) private func stride(
        _ stride: Int, _ start: Int, _ oldStart: Int, _ cover: Cover, _ oldValue: UInt32
    ) -> UInt32 {
        guard start &- stride >= cover.newStart else { return oldValue }
        return oldValue &+ self.new.word(at: start &- stride) &- self.old.word32(at: oldStart &- stride)
    }

    @inline(__always) private func past(_ guess: Int) -> UInt8 {
        switch guess {
        case 0: self.history.0
        case 1: self.history.1
        case 2: self.history.2
        case 3: self.history.3
        case 4: self.history.4
        case 5: self.history.5
        default: self.history.6
        }
    }

    @inline(__always) private mutating func addPast(_ guess: Int, _ right: UInt8) {
        let value = self.past(guess) << 1 | right
        switch guess {
        case 0: self.history.0 = value
        case 1: self.history.1 = value
        case 2: self.history.2 = value
        case 3: self.history.3 = value
        case 4: self.history.4 = value
        case 5: self.history.5 = value
        default: self.history.6 = value
        }
    }
}
