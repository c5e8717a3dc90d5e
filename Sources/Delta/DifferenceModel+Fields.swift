/// Words in data, foretold from what changed in words like them.
extension DifferenceModel {
    /// Tries to tell the aligned field around a mismatch by what changed in fields like it.
    ///
    /// - Returns: where the next byte is, or nil when no guess was right.
    mutating func codeField(
        _ index: Int, _ displacement: Int, _ cover: Cover, _ base: PatchOrigins.Bases
    ) -> Int? {
        let position = index &+ displacement
        let start = index &- ((position &+ base.old) & 3)
        // What was wrong about an earlier byte of the field is wrong about this one.
        guard start >= cover.newStart, start &+ 4 <= cover.newEnd, start != self.failedField else { return nil }
        let oldStart = start &+ displacement
        let oldValue = self.old.word32(at: oldStart)
        let knownBits = UInt32(truncatingIfNeeded: 8 &* (index &- start))
        let known: UInt32 = 1 &<< knownBits &- 1
        let knownValue = self.new.word(at: start) & known
        let oldByte = self.old[position]
        var tried: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0, 0, 0, 0)
        var count = 0
        for guess in 0..<7 {
            var candidate: UInt32
            switch guess {
            case 0: candidate = self.stride(24, start, oldStart, cover, oldValue)
            case 1:
                let forecast = self.moved(Int(oldValue), base, group: 3)
                guard forecast.source != .none else { continue }
                candidate = oldValue &+ UInt32(truncatingIfNeeded: forecast.change)
            case 2:
                let target = oldStart &+ base.old &+ Int(Int32(bitPattern: oldValue))
                let forecast = self.moved(target, base, group: 3)
                guard forecast.source != .none else { continue }
                candidate = UInt32(truncatingIfNeeded: target &+ forecast.change &- start &- base.new)
            case 3: candidate = oldValue &+ self.lastFieldChange
            case 4: candidate = self.stride(8, start, oldStart, cover, oldValue)
            case 5: candidate = self.stride(16, start, oldStart, cover, oldValue)
            default: candidate = self.stride(12, start, oldStart, cover, oldValue)
            }
            guard candidate & known == knownValue,
                UInt8(truncatingIfNeeded: candidate &>> knownBits) != oldByte,
                candidate != tried.0 || count < 1, candidate != tried.1 || count < 2,
                candidate != tried.2 || count < 3, candidate != tried.3 || count < 4
            else { continue }
            switch count {
            case 0: tried.0 = candidate
            case 1: tried.1 = candidate
            case 2: tried.2 = candidate
            default: tried.3 = candidate
            }
            let context =
                ModelLayout.Rows.guess &+ ((guess &<< 4 | self.past(guess)) &* 4 &+ min(count, 3)) &* 5
                &+ min(self.streak, 4)
            count += 1
            let right = self.models.bit(Self.isEncoder && self.new.word(at: start) == candidate ? 1 : 0, context)
            self.addPast(guess, right)
            guard right == 1 else { continue }
            self.new.store(candidate, at: start)
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
        self.failedField = start
        return nil
    }

    /// The old value changed as the field `stride` bytes before changed.
    @inline(__always) func stride(
        _ stride: Int, _ start: Int, _ oldStart: Int, _ cover: Cover, _ oldValue: UInt32
    ) -> UInt32 {
        guard start &- stride >= cover.newStart else { return oldValue }
        return oldValue &+ self.new.word(at: start &- stride) &- self.old.word32(at: oldStart &- stride)
    }

    /// How often a kind of guess was right the last four times.
    @inline(__always) func past(_ guess: Int) -> Int { Int(truncatingIfNeeded: self.history &>> (8 &* guess)) & 15 }

    @inline(__always) mutating func addPast(_ guess: Int, _ right: Int) {
        let bits = (self.past(guess) &<< 1 | right) & 15
        self.history = self.history & ~(0xFF &<< (8 &* guess)) | UInt64(bits) &<< (8 &* guess)
    }
}
