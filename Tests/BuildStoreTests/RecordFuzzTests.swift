import Content
import Fuzzing
import Testing

@testable import BuildStore

@Suite("Columns of records, damaged")
struct RecordFuzzTests {
    private func digest(_ number: Int) -> Digest { Digest(bytes: [UInt8](repeating: UInt8(number), count: 32)) }

    @Test("a list of chunks is whole records or none, and is written as it was read")
    func chunkLists() {
        let good = ChunkList((0..<20).map { ChunkList.Element(digest: self.digest($0), length: $0 * 5000) }).encoded
        var mutator = ByteMutator(seed: 0xC1)
        for _ in 0..<FuzzRounds.count(5000) {
            let bytes = mutator.damaged(good)
            let list = ChunkList(decoding: bytes)
            #expect((list == nil) != bytes.count.isMultiple(of: ChunkList.recordLength))
            if let list { #expect(list.encoded == bytes) }
        }
    }

    @Test("a plan of a pack is whole records or none, and is written as it was read")
    func packPlans() {
        let good = PackPlan(
            number: 1,
            entries: (0..<20).map { PackPlan.Entry(digest: self.digest($0), file: $0, offset: 1 << 40, length: 70_000) }
        ).encoded
        var mutator = ByteMutator(seed: 0xC2)
        for _ in 0..<FuzzRounds.count(5000) {
            let bytes = mutator.damaged(good)
            let plan = PackPlan(number: 1, decoding: bytes)
            #expect((plan == nil) != bytes.count.isMultiple(of: PackPlan.recordLength))
            if let plan { #expect(plan.encoded == bytes) }
        }
    }
}
