import Testing

@testable import Chunking

@Suite("Gear")
struct GearTests {
    @Test("the table never changes")
    func golden() {
        // FNV-1a of the words' bytes, least significant first.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for word in Gear.table {
            for shift in stride(from: 0, to: 64, by: 8) {
                hash = (hash ^ (word >> UInt64(shift) & 0xFF)) &* 0x100_0000_01B3
            }
        }
        #expect(Gear.table.count == 256)
        #expect(hash == 13_429_956_420_371_360_110)
        #expect(Gear.table.prefix(2) == [9_858_013_526_020_490_446, 801_031_963_385_100_417])
    }

    @Test("the generator is SplitMix64")
    func generator() {
        // First outputs for seed 1234567, as in the reference implementation by Vigna and on Rosetta Code.
        var random = SplitMix64(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
    }

    @Test("masks have the bits asked for, keep bit 63 clear and contain the smaller ones")
    func masks() {
        for count in 6...28 {
            let mask = Gear.mask(count, filterCount: min(12, count))
            #expect(mask.nonzeroBitCount == count)
            #expect(mask >> 63 == 0)
        }
        for average in 8...26 {
            let rule = CutRule(ChunkSizes(minimum: 64, average: 1 << average, maximum: 1 << 28))
            #expect(rule.strictMask.nonzeroBitCount == average + 2)
            #expect(rule.looseMask.nonzeroBitCount == average - 2)
            #expect(rule.strictMask & rule.looseMask == rule.looseMask)
        }
        #expect(CutRule(.fine).strictMask == 0x4924_8000_0000_FFF0)
        #expect(CutRule(.fine).looseMask == 0x4800_0000_0000_FFF0)
    }

    @Test("a run of one byte value, whichever, allows no cut")
    func runs() {
        // 64 times the same byte b hash to (2^64 - 1) G[b].
        for word in Gear.table {
            #expect((0 &- word) & CutRule(.fine).looseMask != 0)
            #expect((0 &- word) & CutRule(.coarse).looseMask != 0)
        }
    }
}
