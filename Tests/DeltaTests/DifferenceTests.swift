import Fuzzing
import Testing

@testable import Delta

@Suite("Differences")
struct DifferenceTests {
    /// Old bytes, and new ones with the kinds of edits that versions have.
    static func pair(seed: UInt64) -> (old: [UInt8], new: [UInt8]) {
        var random = SeededGenerator(seed: seed)
        var old: [UInt8] = []
        for _ in 0..<40 {
            if Bool.random(using: &random) {
                old += (0..<150).map { _ in UInt8.random(in: 0...255, using: &random) }
            } else {
                // Calls, whose operands count from where they stand.
                for _ in 0..<20 {
                    old += [0x48, 0x8B, 0x05, UInt8.random(in: 0...255, using: &random), 1, 0, 0, 0xE8]
                    old += [UInt8.random(in: 0...255, using: &random), 2, 0, 0]
                }
            }
        }
        var new = old
        new.insert(contentsOf: (0..<100).map { _ in UInt8.random(in: 0...255, using: &random) }, at: old.count / 3)
        for index in stride(from: old.count / 2, to: old.count / 2 + 900, by: 12) { new[index] &+= 16 }
        new.removeSubrange(50..<Int.random(in: 51...300, using: &random))
        return (old, new + old[200..<900])
    }

    private static let origins = PatchOrigins(
        outputs: [PatchExtent(file: 0, offset: 4096, length: 1 << 20)],
        inputs: [PatchExtent(file: 0, offset: 1000, length: 500), PatchExtent(file: 0, offset: 5000, length: 1 << 20)])

    @Test("both tellings of a difference make the new bytes", arguments: 1...12)
    func roundTrips(seed: UInt64) throws {
        let (old, new) = Self.pair(seed: seed)
        for matching in [DifferencePlan.Matching.exhaustive, .quick] {
            let covers = DifferencePlan(old: old.span, matching: matching).covers(of: new.span, in: old.span)
            #expect(covers.reduce(0) { $0 + $1.length } > new.count / 2)
            let streams = DifferenceStreams(new: new.span, old: old.span, covers: covers)
            #expect(try streams.apply(to: old.span, count: new.count) == new)
            for references in ReferenceKind.allCases {
                let model = ModelledDifference(
                    new: new, old: old.span, covers: covers, origins: Self.origins, references: references)
                #expect(try model.apply(to: old.span, count: new.count, origins: Self.origins) == new)
                #expect(model.literals == streams.literals)
            }
        }
    }

    @Test("covers ascend, do not overlap, and lie within both sides", arguments: 20...30)
    func coversAreSound(seed: UInt64) {
        let (old, new) = Self.pair(seed: seed)
        var end = 0
        for cover in DifferencePlan(old: old.span, matching: .exhaustive).covers(of: new.span, in: old.span) {
            #expect(cover.newStart >= end && cover.length > 0 && cover.newEnd <= new.count)
            #expect(cover.oldStart >= 0 && cover.oldEnd <= old.count)
            end = cover.newEnd
        }
    }

    @Test("calls whose targets moved alike cost next to nothing")
    func referencesAreFollowed() {
        var random = SeededGenerator(seed: 40)
        let targets = (0..<20).map { _ in Int.random(in: 0..<30_000, using: &random) }
        func code(shift: Int) -> [UInt8] {
            var random = SeededGenerator(seed: 41)
            var bytes: [UInt8] = []
            for _ in 0..<2000 {
                bytes += (0..<9).map { _ in UInt8.random(in: 0...100, using: &random) }
                let target = Int.random(in: 0..<20, using: &random)
                // Each target moves by its own distance.
                let address = targets[target] + 1 << 20 + shift * (target * target + 77)
                let operand = Int32(address - bytes.count - 5)
                bytes += [0xE8] + (0..<4).map { UInt8(truncatingIfNeeded: operand >> Int32(8 * $0)) }
            }
            return bytes
        }
        let old = code(shift: 0)
        let new = code(shift: 5)
        let covers = [Cover(newStart: 0, oldStart: 0, length: old.count)]
        let origins = PatchOrigins(outputs: [], inputs: [])
        let followed = ModelledDifference(
            new: new, old: old.span, covers: covers, origins: origins, references: .x86)
        let unfollowed = ModelledDifference(
            new: new, old: old.span, covers: covers, origins: origins, references: .none)
        #expect(followed.coded.count * 4 < unfollowed.coded.count)
    }

    @Test("damaged streams are refused or make other bytes, never more and never from outside")
    func mutatedStreams() {
        var random = SeededGenerator(seed: 50)
        let (old, new) = Self.pair(seed: 3)
        let covers = DifferencePlan(old: old.span, matching: .exhaustive).covers(of: new.span, in: old.span)
        let streams = DifferenceStreams(new: new.span, old: old.span, covers: covers)
        for _ in 0..<1500 {
            var mutated = streams
            switch Int.random(in: 0..<4, using: &random) {
            case 0: mutated.control.change(using: &random)
            case 1: mutated.runs.change(using: &random)
            case 2: mutated.values.change(using: &random)
            default: mutated.literals.change(using: &random)
            }
            if let made = try? mutated.apply(to: old.span, count: new.count) { #expect(made.count == new.count) }
        }
    }

    @Test("a damaged model is refused or makes other bytes, never more and never from outside")
    func mutatedModel() {
        var random = SeededGenerator(seed: 51)
        let (old, new) = Self.pair(seed: 4)
        let covers = DifferencePlan(old: old.span, matching: .exhaustive).covers(of: new.span, in: old.span)
        let model = ModelledDifference(
            new: new, old: old.span, covers: covers, origins: Self.origins, references: .x86)
        for round in 0..<60 {
            var coded = model.coded
            coded.change(using: &random)
            let mutated = ModelledDifference(coded: round == 0 ? [] : coded, literals: model.literals)
            if let made = try? mutated.apply(to: old.span, count: new.count, origins: Self.origins) {
                #expect(made.count == new.count)
            }
        }
    }
}

extension [UInt8] {
    /// Overwrites, removes or adds something.
    mutating func change(using random: inout SeededGenerator) {
        guard !self.isEmpty else {
            self.append(0)
            return
        }
        let index = Int.random(in: 0..<self.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: self.removeSubrange(index...)
        case 1: self.insert(UInt8.random(in: 0...255, using: &random), at: index)
        default: self[index] = UInt8.random(in: 0...255, using: &random)
        }
    }
}
