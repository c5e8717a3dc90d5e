import Content
import Digests
import Fuzzing
import Testing

@Suite("States of a hash, damaged")
struct StateFuzzTests {
    @Test("bytes are a state or none; what is taken for one is written down as it was, and goes on without a fault")
    func damaged() {
        var mutator = ByteMutator(seed: 0x5A)
        var (taken, refused): (Int, Int) = (0, 0)
        for round in 0..<FuzzRounds.count(3000) {
            var hash = ResumableSHA256()
            hash.update(mutator.noise(mutator.next(200)).span)
            let state = hash.state
            let bytes =
                switch round % 3 {
                case 0: mutator.damaged(state)
                case 1: mutator.altered(state)
                default: mutator.noise(mutator.next(120))
                }
            guard var resumed = ResumableSHA256(state: bytes) else {
                refused += 1
                continue
            }
            taken += 1
            #expect(resumed.state == bytes)
            resumed.update(mutator.noise(mutator.next(200)).span)
            let end = resumed.state
            #expect(ResumableSHA256(state: end)?.finish() == resumed.finish())
        }
        #expect(taken > 100 && refused > 100)
    }
}
