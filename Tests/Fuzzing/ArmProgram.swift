/// A made-up ARM64 program: functions that call each other and take the addresses of data, and tables of addresses.
public struct ArmProgram {
    private enum Slot {
        case call(Int)
        case jump(Int)
        case skip(Int)
        /// `ADRP` and `ADD`.
        case address(Int, register: UInt32)
        /// `ADRP`, something else, and `LDR` of eight bytes.
        case load(Int, register: UInt32)
        case other(UInt32)

        var words: Int {
            switch self {
            case .call, .jump, .skip, .other: 1
            case .address: 2
            case .load: 3
            }
        }
    }

    private static let ret: UInt32 = 0xD65F_03C0
    private static let nop: UInt32 = 0xD503_201F

    private let functions: [[Slot]]
    private let data: [UInt64]

    public init(functions count: Int, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        self.data = (0..<count * 4).map { _ in UInt64.random(in: 0...UInt64.max, using: &random) }
        self.functions = (0..<count).map { _ in
            (0..<Int.random(in: 8...40, using: &random)).map { _ in
                let register = UInt32.random(in: 0...30, using: &random)
                switch Int.random(in: 0..<10, using: &random) {
                case 0, 1: return .call(Int.random(in: 0..<count, using: &random))
                case 2: return .jump(Int.random(in: 0..<count, using: &random))
                case 3: return .skip(Int.random(in: 1...30, using: &random))
                case 4: return .address(Int.random(in: 0..<count * 4, using: &random), register: register)
                case 5: return .load(Int.random(in: 0..<count * 4, using: &random), register: register)
                default: return .other(0x8B00_0000 | UInt32.random(in: 0...0xFFFF, using: &random))
                }
            } + [.other(Self.ret)]
        }
    }

    /// The program in machine code, with one more word in each `every`th function.
    public func bytes(growingEvery every: Int? = nil) -> [UInt8] {
        let bodies = self.functions.enumerated().map { number, body in
            every.map { number % $0 == 0 } == true ? [.other(Self.nop)] + body : body
        }
        var starts: [Int] = []
        var end = 0
        for body in bodies {
            starts.append(end)
            end += 4 * body.reduce(0) { $0 + $1.words }
        }
        let table = end
        // Loads count in what they move, so data stands where eight divides.
        let data = (table + 4 * starts.count + 7) & ~7
        var words: [UInt32] = []
        for body in bodies { for slot in body { self.append(slot, to: &words, starts, data) } }
        words += starts.map { UInt32($0) }
        if words.count * 4 < data { words.append(0) }
        for value in self.data {
            words += [UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32)]
        }
        return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
    }

    private func append(_ slot: Slot, to words: inout [UInt32], _ starts: [Int], _ data: Int) {
        let here = words.count * 4
        func distance(_ target: Int) -> UInt32 { UInt32(truncatingIfNeeded: (target - here) >> 2) & 0x03FF_FFFF }
        func page(_ target: Int, _ register: UInt32) -> UInt32 {
            let pages = UInt32(truncatingIfNeeded: target >> 12 - here >> 12)
            return 0x9000_0000 | (pages & 3) << 29 | (pages >> 2 & 0x7_FFFF) << 5 | register
        }
        switch slot {
        case .call(let function): words.append(0x9400_0000 | distance(starts[function]))
        case .jump(let function): words.append(0x1400_0000 | distance(starts[function]))
        case .skip(let count): words.append(0x5400_0000 | UInt32(count) << 5)
        case .address(let item, let register):
            let target = data + item * 8
            words.append(page(target, register))
            words.append(0x9100_0000 | UInt32(target & 0xFFF) << 10 | register << 5 | register)
        case .load(let item, let register):
            let target = data + item * 8
            words += [page(target, register), Self.nop]
            words.append(0xF940_0000 | UInt32((target & 0xFFF) >> 3) << 10 | register << 5 | 1)
        case .other(let word): words.append(word)
        }
    }
}
