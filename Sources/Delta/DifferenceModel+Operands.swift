/// Operands of instructions, foretold from what became of their targets.
extension DifferenceModel {
    /// Four bytes after an opcode that take an address relative to the next instruction.
    mutating func codeOperand(
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

    @inline(__always) func trust(_ index: Int) -> Int {
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

    @inline(__always) mutating func addTrust(_ index: Int, _ amount: Int) {
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
}
