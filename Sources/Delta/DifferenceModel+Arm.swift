/// ARM64 code, whose references are foretold from what became of their targets.
extension DifferenceModel {
    /// Words after an `ADRP` in which the rest of its address is looked for, and stays known.
    private static var reach: Int { 16 }

    /// Walks a cover word by word of the old file; bytes that are no whole word go one by one.
    mutating func codeArm(_ cover: Cover, _ base: PatchOrigins.Bases) {
        let displacement = cover.displacement
        let end = cover.newEnd
        var index = cover.newStart
        while index < end {
            let position = index &+ displacement
            if (position &+ base.old) & 3 == 0, index &+ 4 <= end,
                self.codeArmWord(index, displacement, base)
            {
                index &+= 4
                continue
            }
            let byte = self.old[position]
            if self.isMatch(index, byte) {
                self.new[index] = byte
                index &+= 1
            } else if let field = self.codeField(index, displacement, cover, base) {
                index = field
            } else {
                self.codeValue(index, byte, displacement)
                index &+= 1
            }
        }
    }

    /// Codes a word whose reference is foretold, or one that did not change.
    ///
    /// - Returns: whether it was one of them; if not, nothing was done.
    @inline(__always) private mutating func codeArmWord(
        _ index: Int, _ displacement: Int, _ base: PatchOrigins.Bases
    ) -> Bool {
        let word = self.old.word32(at: index &+ displacement)
        let operand = ArmOperand(word)
        switch operand {
        case .none: return self.isWord(index, word)
        case .call, .jump, .conditionalJump:
            self.codeBranch(operand, word, index, displacement, base)
            return true
        case .page:
            self.codePage(word, index, displacement, base)
            return true
        case .low: return self.codeLow(word, index, displacement, base) || self.isWord(index, word)
        }
    }

    /// Whether all four bytes at `index` are the predicted ones; counts them if so.
    @inline(__always) private mutating func isWord(_ index: Int, _ predicted: UInt32) -> Bool {
        if Self.isEncoder {
            guard self.new.word(at: index) == predicted else { return false }
            self.run &+= 4
        } else {
            guard self.left >= 4 else { return false }
            self.left &-= 4
            self.new.store(predicted, at: index)
        }
        return true
    }

    private mutating func codeBranch(
        _ operand: ArmOperand, _ word: UInt32, _ index: Int, _ displacement: Int,
        _ base: PatchOrigins.Bases
    ) {
        let here = index &+ displacement &+ base.old
        let newHere = index &+ base.new
        let target = here &+ operand.value(of: word) &* 4
        let forecast = self.moved(target, base, group: operand.group)
        let foretold = operand.word(word, with: (target &+ forecast.change &- newHere) &>> 2)
        let newWord = self.codeForetold(
            foretold, insteadOf: word, forecast.source, group: operand.group, index, displacement)
        let newTarget = newHere &+ operand.value(of: newWord) &* 4
        self.learn(target, change: newTarget &- target, forecast, group: operand.group)
    }

    /// A page alone says little, so the rest of the address is looked up in the old code behind it.
    private mutating func codePage(
        _ word: UInt32, _ index: Int, _ displacement: Int, _ base: PatchOrigins.Bases
    ) {
        let position = index &+ displacement
        let page = (position &+ base.old) &>> 12 &+ ArmOperand.page.value(of: word)
        let newHere = (index &+ base.new) &>> 12
        let register = ArmOperand.destination(of: word)
        let target = page &<< 12 &+ self.low(of: register, after: position)
        let forecast = self.moved(target, base, group: 3)
        let foretold = ArmOperand.page.word(word, with: (target &+ forecast.change) &>> 12 &- newHere)
        let newWord = self.codeForetold(
            foretold, insteadOf: word, forecast.source, group: 3, index, displacement)
        let newPage = newHere &+ ArmOperand.page.value(of: newWord)
        self.pages[register &* 3] = Int32(truncatingIfNeeded: page)
        self.pages[register &* 3 &+ 1] = Int32(truncatingIfNeeded: newPage)
        self.pages[register &* 3 &+ 2] = Int32(truncatingIfNeeded: position)
    }

    /// What the first word behind `position` that adds to `register` adds.
    private func low(of register: Int, after position: Int) -> Int {
        var next = position &+ 4
        let end = min(next &+ 4 &* Self.reach, self.old.count &- 3)
        while next < end {
            let word = self.old.word32(at: next)
            if case .low = ArmOperand(word), ArmOperand.base(of: word) == register {
                return ArmOperand.low.value(of: word) &<< ArmOperand.scale(of: word)
            }
            next &+= 4
        }
        return 0
    }

    /// - Returns: whether the page is known; if not, nothing was done.
    private mutating func codeLow(
        _ word: UInt32, _ index: Int, _ displacement: Int, _ base: PatchOrigins.Bases
    ) -> Bool {
        let register = ArmOperand.base(of: word)
        let age = index &+ displacement &- Int(self.pages[register &* 3 &+ 2])
        guard age > 0, age <= 4 &* Self.reach else { return false }
        let page = Int(self.pages[register &* 3])
        let newPage = Int(self.pages[register &* 3 &+ 1])
        let scale = ArmOperand.scale(of: word)
        let target = page &<< 12 &+ ArmOperand.low.value(of: word) &<< scale
        let forecast = self.moved(target, base, group: 3)
        let newLow = target &+ forecast.change &- newPage &<< 12
        let fits = newLow >= 0 && newLow < 1 << 12 && newLow & (1 &<< scale &- 1) == 0
        let foretold = ArmOperand.low.word(word, with: newLow &>> scale)
        let newWord = self.codeForetold(
            foretold, insteadOf: word, fits ? forecast.source : .none, group: 3, index, displacement)
        let newTarget = newPage &<< 12 &+ ArmOperand.low.value(of: newWord) &<< scale
        self.learn(target, change: newTarget &- target, forecast, group: 3)
        if ArmOperand.destination(of: word) == register { self.pages[register &* 3 &+ 2] = .min }
        return true
    }
}
