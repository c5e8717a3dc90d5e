import Fuzzing
import Testing

@testable import Delta

@Suite("Digits coded by odds that learn")
struct DigitCodingTests {
    /// What a model may ask for, of every kind.
    private enum Step {
        case digit(Int, row: Int)
        case mixed(Int, rows: (Int, Int, Int, Int), set: Int)
        case byte(UInt8, rows: (Int, Int, Int, Int))
        case number(Int)
        case bit(Int, context: Int)
        case even(Int, bits: Int)
    }

    // Where a small model has its parts, in rows.
    private static let bytes = 64
    private static let number = Self.bytes + 4 * DigitModels<DigitEncoder>.byteRows
    private static let weights = Self.number + DigitModels<DigitEncoder>.numberRows
    private static let bits = Self.weights + 1
    private static let rows = Self.bits + 1

    private static func steps(_ count: Int, seed: UInt64) -> [Step] {
        var random = SeededGenerator(seed: seed)
        func rows(_ first: Int, _ step: Int) -> (Int, Int, Int, Int) {
            (first, first + step, first + 2 * step, first + 3 * step)
        }
        return (0..<count).map { _ in
            let likely = Int.random(in: 0..<16, using: &random) & Int.random(in: 0..<16, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: return .digit(likely, row: Int.random(in: 0..<64, using: &random))
            case 1:
                let set = Int.random(in: 0..<2, using: &random)
                return .mixed(likely, rows: rows(Int.random(in: 0..<16, using: &random), 16), set: set)
            case 2: return .byte(UInt8(likely * 16 + 3), rows: rows(Self.bytes, DigitModels<DigitEncoder>.byteRows))
            case 3:
                let bits = Int.random(in: 0...30, using: &random)
                return .number(Int.random(in: (1 << bits) - 1..<(2 << bits) - 1, using: &random))
            case 4: return .bit(likely & 1, context: Int.random(in: 0..<16, using: &random))
            default:
                let bits = Int.random(in: 1...15, using: &random)
                return .even(Int.random(in: 0..<1 << bits, using: &random), bits: bits)
            }
        }
    }

    /// Codes all steps in memory of their own.
    ///
    /// - Returns: the coder, and what the steps were found to be.
    private static func run<Coder: DigitCoder>(_ steps: [Step], with coder: Coder) -> (Coder, [Int]) {
        var memory = [Int32](repeating: 0, count: DigitView.length(rows: Self.rows) / 4)
        return unsafe memory.withUnsafeMutableBufferPointer { buffer in
            var models = unsafe DigitModels(coder, rows: WordView(buffer).rows)
            models.setWeights(4 * Self.weights..<4 * Self.weights + 4)
            models.setBits(16 * Self.bits..<16 * Self.bits + 16)
            let writes = Coder.isEncoder
            let found = steps.map { step in
                switch step {
                case .digit(let digit, let row): models.digit(writes ? digit : 0, row)
                case .mixed(let digit, let rows, let set):
                    models.digit(writes ? digit : 0, rows, weights: 4 * Self.weights + set)
                case .byte(let byte, let rows):
                    Int(models.byte(writes ? byte : 0, rows, weights: 4 * Self.weights + 2))
                case .number(let value): models.number(writes ? value : 0, Self.number)
                case .bit(let bit, let context): models.bit(writes ? bit : 0, 16 * Self.bits + context)
                case .even(let value, let bits): models.coder.code(even: writes ? value : 0, bits: bits)
                }
            }
            return (models.coder, found)
        }
    }

    private static func decoded(_ bytes: [UInt8], _ steps: [Step]) -> [Int] {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe Self.run(steps, with: DigitDecoder(ByteView(buffer))).1
        }
    }

    @Test("what was written is read again", arguments: 1...6)
    func roundTrips(seed: UInt64) {
        let steps = Self.steps(Int(seed) * 700, seed: seed)
        var (coder, written) = Self.run(steps, with: DigitEncoder())
        #expect(Self.decoded(coder.finish(), steps) == written)
    }

    @Test("a stream of more than a block is read again, and one of nothing is empty")
    func blocks() {
        var encoder = DigitEncoder()
        let count = DigitBlock.length * 2 + 17
        for index in 0..<count { _ = encoder.code(bit: index % 7 == 0 ? 1 : 0, zero: 28_000) }
        let bytes = encoder.finish()
        let wrong = unsafe bytes.withUnsafeBufferPointer { buffer in
            var decoder = unsafe DigitDecoder(ByteView(buffer))
            return (0..<count).count { decoder.code(bit: 0, zero: 28_000) != ($0 % 7 == 0 ? 1 : 0) }
        }
        #expect(wrong == 0)
        var none = DigitEncoder()
        #expect(none.finish().isEmpty)
    }

    @Test("damaged and shortened streams give some digits, numbers and bits, each in its range")
    func damaged() {
        var random = SeededGenerator(seed: 80)
        let steps = Self.steps(900, seed: 7)
        var (coder, _) = Self.run(steps, with: DigitEncoder())
        let bytes = coder.finish()
        for _ in 0..<40 {
            var changed = bytes
            changed.change(using: &random)
            for (step, found) in zip(steps, Self.decoded(changed, steps)) {
                switch step {
                case .digit, .mixed: #expect(0..<16 ~= found)
                case .byte: #expect(0..<256 ~= found)
                case .number: #expect(0..<Int(Int32.max) ~= found)
                case .bit: #expect(0..<2 ~= found)
                case .even(_, let bits): #expect(0..<1 << bits ~= found)
                }
            }
        }
    }

    @Test("odds stay odds, whatever is learnt: each digit keeps a chance, and together they are all")
    func oddsStaySound() {
        var random = SeededGenerator(seed: 81)
        var rows = [DigitOdds](repeating: .even, count: 4)
        var weights = DigitWeights.even
        for round in 0..<4000 {
            let digit = round % 600 < 300 ? 5 : Int.random(in: 0..<16, using: &random)
            for (place, rate) in [Int16(4), 5, 3, 4].enumerated() where Int.random(in: 0..<3, using: &random) > 0 {
                rows[place] = rows[place].learning(place == 2 ? 15 - digit : digit, rate: rate)
            }
            let mixed = DigitOdds.mixed((rows[0], rows[1], rows[2], rows[3]), weights)
            for odds in rows + [mixed] {
                let shares = (0..<16).map { odds.share(of: $0) }
                #expect(shares.reduce(0, +) == 1 << 15)
                #expect(shares.allSatisfy { $0 > 0 })
                for digit in 0..<16 {
                    #expect(odds.digit(at: odds.start(of: digit)) == digit)
                    #expect(odds.digit(at: odds.start(of: digit) + odds.share(of: digit) - 1) == digit)
                }
            }
            weights = weights.learning(
                (rows[0].share(of: digit), rows[1].share(of: digit), rows[2].share(of: digit), rows[3].share(of: digit))
            )
            let lanes = (0..<4).map { weights.lanes >> UInt64(16 * $0) & 0xFFFF }
            #expect(lanes.reduce(0, +) == 1 << 15)
            #expect(lanes.allSatisfy { $0 >= 1 << 10 })
        }
    }
}
