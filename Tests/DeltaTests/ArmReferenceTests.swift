import Fuzzing
import Testing

@testable import Delta

@Suite("References of ARM64 code")
struct ArmReferenceTests {
    /// A program, and the same with some functions longer.
    private static func pair(seed: UInt64) -> (old: [UInt8], new: [UInt8], covers: [Cover]) {
        let program = ArmProgram(functions: 300, seed: seed)
        let old = program.bytes()
        let new = program.bytes(growingEvery: 7)
        return (old, new, DifferencePlan(old: old.span, matching: .exhaustive).covers(of: new.span, in: old.span))
    }

    /// In the middle of their files, some of the old bytes left out.
    private static let origins = PatchOrigins(
        outputs: [PatchExtent(file: 3, offset: 8192, length: 1 << 20)],
        inputs: [
            PatchExtent(file: 2, offset: 4096, length: 4000), PatchExtent(file: 2, offset: 12_288, length: 1 << 20),
        ])

    @Test("an operand's number is read and replaced, and nothing else of the word")
    func operands() {
        var random = SeededGenerator(seed: 60)
        let operands: [(word: UInt32, operand: ArmOperand, bits: Int)] = [
            (0x9400_0000, .call, 26), (0x1400_0000, .jump, 26), (0x5400_0001, .conditionalJump, 19),
            (0xB500_0003, .conditionalJump, 19), (0x9000_0010, .page, 21), (0x9100_0021, .low, 12),
            (0xF940_0021, .low, 12), (0x3DC0_0021, .low, 12),
        ]
        for (word, operand, bits) in operands {
            #expect(ArmOperand(word) == operand)
            for _ in 0..<200 {
                let number =
                    operand == .low
                    ? Int.random(in: 0..<1 << bits, using: &random)
                    : Int.random(in: -(1 << (bits - 1))..<1 << (bits - 1), using: &random)
                let made = operand.word(word, with: number)
                #expect(ArmOperand(made) == operand)
                #expect(operand.value(of: made) == number)
                #expect(operand.word(made, with: 0) == word)
            }
        }
        for word: UInt32 in [0xD65F_03C0, 0xD503_201F, 0x0000_0000, 0xFFFF_FFFF] { #expect(ArmOperand(word) == .none) }
    }

    @Test("what a load or store counts in is what it moves")
    func scales() {
        let words: [(word: UInt32, scale: Int)] = [
            (0x9100_0000, 0), (0x3940_0000, 0), (0x7940_0000, 1), (0xB940_0000, 2), (0xF940_0000, 3), (0xBD40_0000, 2),
            (0xFD40_0000, 3), (0x3DC0_0000, 4), (0x3D80_0000, 4), (0x3D40_0000, 0),
        ]
        for (word, scale) in words { #expect(ArmOperand.scale(of: word) == scale) }
    }

    @Test("a difference of ARM64 code makes the new bytes, whatever references are followed", arguments: 1...6)
    func roundTrips(seed: UInt64) throws {
        let (old, new, covers) = Self.pair(seed: seed)
        for references in ReferenceKind.allCases {
            let model = ModelledDifference(
                new: new, old: old.span, covers: covers, origins: Self.origins, references: references)
            #expect(try model.apply(to: old.span, count: new.count, origins: Self.origins) == new)
        }
    }

    @Test("following the references of ARM64 code makes its difference less than half")
    func pays() {
        let (old, new, covers) = Self.pair(seed: 9)
        let origins = PatchOrigins(outputs: [], inputs: [])
        func length(_ references: ReferenceKind) -> Int {
            ModelledDifference.codedLength(
                new: new, old: old.span, covers: covers, origins: origins, references: references)
        }
        #expect(length(.arm64) * 2 < length(.none))
        #expect(length(.arm64) * 2 < length(.x86))
    }

    @Test("covers at odd places, and bytes that are no code at all, are told as well")
    func oddPlaces() throws {
        var random = SeededGenerator(seed: 61)
        let program = ArmProgram(functions: 60, seed: 4).bytes()
        for round in 0..<40 {
            let old = round % 2 == 0 ? program : program.map { _ in UInt8.random(in: 0...255, using: &random) }
            var new = old
            for _ in 0..<50 { new[Int.random(in: 0..<new.count, using: &random)] = 0x94 }
            var covers: [Cover] = []
            var end = 0
            while end < new.count - 400 {
                let start = end + Int.random(in: 0...3, using: &random)
                let length = Int.random(in: 1...390, using: &random)
                covers.append(
                    Cover(
                        newStart: start, oldStart: Int.random(in: 0...old.count - length, using: &random),
                        length: length))
                end = start + length
            }
            let model = ModelledDifference(
                new: new, old: old.span, covers: covers, origins: Self.origins, references: .arm64)
            #expect(try model.apply(to: old.span, count: new.count, origins: Self.origins) == new)
        }
    }

    @Test("ARM64 is tried where there are its returns, and not elsewhere")
    func candidates() {
        let (old, _, _) = Self.pair(seed: 2)
        #expect(ReferenceKind.candidates(for: old.span) == [.arm64, .x86])
        let shifted = [0] + old
        #expect(ReferenceKind.candidates(for: shifted.span) == [.arm64, .x86])
        var random = SeededGenerator(seed: 62)
        let noise = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        #expect(ReferenceKind.candidates(for: noise.span) == [.x86])
        #expect(ReferenceKind.candidates(for: [UInt8]().span) == [.x86])
    }

    @Test("a damaged model of ARM64 code is refused or makes other bytes, never more and never from outside")
    func mutated() {
        var random = SeededGenerator(seed: 63)
        let (old, new, covers) = Self.pair(seed: 5)
        let model = ModelledDifference(
            new: new, old: old.span, covers: covers, origins: Self.origins, references: .arm64)
        for _ in 0..<60 {
            var coded = model.coded
            coded.change(using: &random)
            let mutated = ModelledDifference(coded: coded, literals: model.literals)
            if let made = try? mutated.apply(to: old.span, count: new.count, origins: Self.origins) {
                #expect(made.count == new.count)
            }
        }
    }

    @Test("references of a kind nobody has defined are refused")
    func unknownKind() {
        let (old, new, covers) = Self.pair(seed: 6)
        let model = ModelledDifference(
            new: new, old: old.span, covers: covers, origins: Self.origins, references: .arm64)
        for kind: UInt8 in 3...255 {
            let unknown = ModelledDifference(coded: [kind] + model.coded.dropFirst(), literals: model.literals)
            #expect(throws: DeltaError.self) {
                try unknown.apply(to: old.span, count: new.count, origins: Self.origins)
            }
        }
    }
}
