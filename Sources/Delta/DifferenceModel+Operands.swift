/// Operands of instructions, foretold from what became of their targets.
extension DifferenceModel {
    /// Four bytes after an opcode that take an address relative to the next instruction.
    mutating func codeOperand(
        _ kind: OperandKind, _ index: Int, _ displacement: Int, _ base: PatchOrigins.Bases
    ) {
        let position = index &+ displacement
        let oldValue = self.old.word32(at: position)
        let next = position &+ base.old &+ 4 &+ kind.tail
        let target = next &+ Int(Int32(bitPattern: oldValue))
        let forecast = self.moved(target, base, group: kind.group)
        let newNext = index &+ base.new &+ 4 &+ kind.tail
        let foretold = UInt32(truncatingIfNeeded: target &+ forecast.change &- newNext)
        let newValue = self.codeForetold(
            foretold, insteadOf: oldValue, forecast.source, group: kind.group, index, displacement)
        let newTarget = newNext &+ Int(Int32(bitPattern: newValue))
        self.learn(target, change: newTarget &- target, forecast, group: kind.group)
    }

    /// Codes four bytes that are `foretold`, or `oldValue` where experience says that nothing changes.
    ///
    /// - Parameter group: 0 to 3, what shares its experience.
    /// - Returns: the new value.
    @inline(__always) mutating func codeForetold(
        _ foretold: UInt32, insteadOf oldValue: UInt32, _ source: AddressMap.Source, group: Int,
        _ index: Int,
        _ displacement: Int
    ) -> UInt32 {
        let trust = group &* 4 &+ source.rawValue
        let used = source != .none && self.trust(trust) >= 0
        self.codeWord(index, used ? foretold : oldValue, displacement)
        let newValue = self.new.word(at: index)
        if source != .none, foretold != oldValue {
            if newValue == foretold {
                self.addTrust(trust, 1)
            } else if newValue == oldValue {
                self.addTrust(trust, -1)
            }
        }
        return newValue
    }

    /// Four bytes that may or may not be the predicted ones.
    @inline(__always) private mutating func codeWord(
        _ index: Int, _ predicted: UInt32, _ displacement: Int
    ) {
        if Self.isEncoder {
            if self.new.word(at: index) == predicted {
                self.run &+= 4
                return
            }
        } else if self.left >= 4 {
            self.left &-= 4
            self.new.store(predicted, at: index)
            return
        }
        var rest = predicted
        for offset in 0..<4 {
            self.codeByte(index &+ offset, UInt8(truncatingIfNeeded: rest), displacement)
            rest &>>= 8
        }
    }

    @inline(__always) private func trust(_ index: Int) -> Int { Int(self.confidence[index]) }

    @inline(__always) private mutating func addTrust(_ index: Int, _ amount: Int) {
        self.confidence[index] = Int8(
            truncatingIfNeeded: min(max(self.trust(index) &+ amount, -16), 32))
    }
}
