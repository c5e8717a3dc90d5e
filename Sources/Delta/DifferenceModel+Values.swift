/// The bytes that no prediction told.
extension DifferenceModel {
    /// Codes a byte that is not `predicted`, as its difference from it.
    mutating func codeValue(_ index: Int, _ predicted: UInt8, _ displacement: Int, _ cover: Cover) {
        let position = index + displacement
        let value = Self.isEncoder ? self.new[index] &- predicted : 0
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
    mutating func mixed(_ value: Int, _ first: Int, _ second: Int, _ third: Int, weights set: Int) -> Int {
        Self.mixed(value, first, second, third, set << 8, &self.models, self.weights, self.stretched, self.squashed)
    }

    /// Apart from the rest of the state, so that what a byte needs stays in registers.
    static func mixed(
        _ value: Int, _ first: Int, _ second: Int, _ third: Int, _ set: Int, _ models: inout BitModels<Coder>,
        _ weights: WordView, _ stretched: HalfView, _ squashed: HalfView
    ) -> Int {
        var coder = Coder.takeover(of: &models.coder)
        defer { swap(&coder, &models.coder) }
        let words = models.words
        var node = 1
        var shift = 7
        // Fifteen nodes of a digit lie in one cache line.
        var digit = 0
        while shift >= 0 {
            var place = 1
            while place < 16 {
                let contexts = (first &+ digit &+ place, second &+ digit &+ place, third &+ digit &+ place)
                let estimates = (
                    BitEstimates(words[contexts.0]), BitEstimates(words[contexts.1]), BitEstimates(words[contexts.2])
                )
                let opinions = (
                    Int(stretched[Int(estimates.0.zero &>> 4)]), Int(stretched[Int(estimates.1.zero &>> 4)]),
                    Int(stretched[Int(estimates.2.zero &>> 4)])
                )
                let base = (set | node) &* 3
                let weight = (weights[base], weights[base &+ 1], weights[base &+ 2])
                let sum =
                    opinions.0 &* Int(weight.0) &+ opinions.1 &* Int(weight.1) &+ opinions.2 &* Int(weight.2)
                let zero = Int(squashed[min(max(sum &>> 16, -2047), 2047) &+ 2047])
                let coded = coder.code(value &>> shift & 1, zero: UInt32(truncatingIfNeeded: zero) &<< 3)
                let error = ((1 &- coded) &<< 12 &- zero) &* 10
                weights[base] = Self.corrected(weight.0, opinions.0, error)
                weights[base &+ 1] = Self.corrected(weight.1, opinions.1, error)
                weights[base &+ 2] = Self.corrected(weight.2, opinions.2, error)
                words[contexts.0] = estimates.0.learning(coded).word
                words[contexts.1] = estimates.1.learning(coded).word
                words[contexts.2] = estimates.2.learning(coded).word
                node = node &<< 1 | coded
                place = place &<< 1 | coded
                shift &-= 1
            }
            digit = (place &- 15) &<< 4
        }
        return node & 255
    }

    /// A weight after its opinion was found so far wrong.
    @inline(__always) private static func corrected(_ weight: Int32, _ opinion: Int, _ error: Int) -> Int32 {
        weight &+ Int32(truncatingIfNeeded: (opinion &* error &+ 1 << 15) &>> 16)
    }
}
