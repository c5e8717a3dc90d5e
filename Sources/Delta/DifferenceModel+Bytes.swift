/// The walk over the bytes in covers.
extension DifferenceModel {
    /// Codes the new bytes of all covers.
    mutating func codeDifferences(_ covers: [Cover], origins: PatchOrigins) throws(DeltaError) {
        let total = covers.reduce(0) { $0 + $1.length }
        self.run = 0
        if !Self.isEncoder { self.left = self.codeRun(0) }
        if self.references != .none { self.covers.learn(covers, origins: origins) }
        for cover in covers {
            let base = origins.bases(of: cover)
            switch self.references {
            case .none: self.codePlain(cover)
            case .x86: self.codeCode(cover, base)
            case .arm64: self.codeArm(cover, base)
            }
        }
        // The last run ends with the bytes.
        if Self.isEncoder { _ = self.codeRun(self.run) }
        if !Self.isEncoder, self.left != 0 { throw .invalid(what: "equal bytes", offset: total) }
    }

    mutating func codePlain(_ cover: Cover) {
        var index = cover.newStart
        let end = cover.newEnd
        let displacement = cover.displacement
        while index < end {
            if Self.isEncoder {
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
            self.codeMismatch(index, self.old[index + displacement], displacement)
            index += 1
        }
    }

    @inline(__always) func equalBytes(_ index: Int, _ displacement: Int, limit: Int) -> Int {
        self.old.commonPrefix(at: index &+ displacement, with: self.new, at: index, limit: limit)
    }

    /// One byte that `predicted` may or may not be.
    @inline(__always) mutating func codeByte(
        _ index: Int, _ predicted: UInt8, _ displacement: Int
    ) {
        if Self.isEncoder {
            if self.new[index] == predicted {
                self.run &+= 1
                return
            }
        } else if self.left > 0 {
            self.left &-= 1
            self.new[index] = predicted
            return
        }
        self.codeMismatch(index, predicted, displacement)
    }

    /// Walks a cover byte by byte, looking for operands in the old bytes.
    mutating func codeCode(_ cover: Cover, _ base: PatchOrigins.Bases) {
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
                self.codeValue(index, byte, displacement)
                index &+= 1
            }
            guard OperandKind.mayPrecede(byte), index &+ 4 <= end else { continue }
            let kind = OperandKind(before: position &+ 1, in: self.old)
            guard kind != .none else { continue }
            self.codeOperand(kind, index, displacement, base)
            index &+= 4
        }
    }

    /// Goes on while the predictions hold and no operand may follow, eight bytes at a time.
    ///
    /// - Returns: where that ends, or fewer than eight bytes before it.
    @inline(__always) mutating func passQuietBytes(_ start: Int, _ displacement: Int, end: Int) -> Int {
        var index = start
        let limit = Self.isEncoder ? end : min(end, start &+ self.left)
        // What stands before the first word decides nothing but whether to stop: too often is right as well.
        var before: UInt64 = OperandKind.escape
        while index &+ 8 <= limit {
            let word = UInt64(littleEndian: self.old.word(at: index &+ displacement))
            var stop = OperandKind.marksBefore(word, after: before)
            if Self.isEncoder {
                stop |= UInt64(littleEndian: self.new.word64(at: index)) ^ word
            } else {
                self.new.store(word.littleEndian, at: index)
            }
            guard stop == 0 else {
                index &+= stop.trailingZeroBitCount >> 3
                break
            }
            before = word &>> 56
            index &+= 8
        }
        if Self.isEncoder { self.run &+= index &- start } else { self.left &-= index &- start }
        return index
    }

    /// Whether the byte at `index` is the predicted one; counts it.
    @inline(__always) mutating func isMatch(_ index: Int, _ predicted: UInt8) -> Bool {
        if Self.isEncoder {
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

    mutating func codeMismatch(_ index: Int, _ predicted: UInt8, _ displacement: Int) {
        if Self.isEncoder { self.endRun() }
        self.codeValue(index, predicted, displacement)
    }

    /// Writes the run that a mismatch ended.
    mutating func endRun() {
        _ = self.codeRun(self.run)
        self.run = 0
    }

    /// Begins the next run, after mismatches up to `position` of the old bytes.
    @inline(__always) mutating func beginRun(_ position: Int) {
        self.lastAlignment = position & 3
        self.runBytes = (
            position < self.old.count ? self.old[position] : 0,
            position &+ 1 < self.old.count ? self.old[position &+ 1] : 0
        )
        if !Self.isEncoder { self.left = self.codeRun(0) }
    }
}
