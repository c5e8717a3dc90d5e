import Multipart
import Testing

@Suite("Upload state")
struct UploadStateTests {
    private static func part(_ number: Int, of plan: PartPlan, etag: String) -> PartInfo {
        let range = plan.range(of: number)
        return PartInfo(number: number, size: range.upperBound - range.lowerBound, etag: etag, digest: nil)
    }

    @Test("what the store has need not be sent, whatever order it lists")
    func resume() throws {
        let plan = try PartPlan(size: 50 << 20)
        #expect(plan.count == 7)
        let state = UploadState(plan: plan, stored: [5, 1, 7].map { Self.part($0, of: plan, etag: "e\($0)") })
        #expect(state.missing == [2, 3, 4, 6])
        #expect(!state.isComplete)
        #expect(state.stored.map(\.number) == [1, 5, 7])
        #expect(state.storedBytes == (8 + 8 + 2) << 20)
    }

    @Test("parts of another size or number than planned count as missing")
    func foreignParts() throws {
        let plan = try PartPlan(size: 20 << 20)
        var state = UploadState(
            plan: plan,
            stored: [
                PartInfo(number: 1, size: 5 << 20, etag: "a", digest: nil),
                PartInfo(number: 4, size: 8 << 20, etag: "b", digest: nil),
                PartInfo(number: 0, size: 8 << 20, etag: "c", digest: nil),
            ])
        #expect(state.missing == [1, 2, 3])
        let isNoted = state.record(PartInfo(number: 3, size: 8 << 20, etag: "d", digest: nil))
        #expect(!isNoted)
        #expect(state.stored.isEmpty)
    }

    @Test("a part sent again replaces the first")
    func resent() throws {
        let plan = try PartPlan(size: 10)
        var state = UploadState(plan: plan, stored: [])
        state.record(Self.part(1, of: plan, etag: "first"))
        state.record(Self.part(1, of: plan, etag: "second"))
        #expect(state.isComplete)
        #expect(state.stored.map(\.etag) == ["second"])
    }

    @Test("any order of any parts ends complete exactly when all were recorded", arguments: 0..<50)
    func anyOrder(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        let plan = try PartPlan(size: Int64.random(in: 1...(400 << 20), using: &random))
        var state = UploadState(plan: plan, stored: [])
        var recorded: Set<Int> = []
        for number in (1...plan.count).shuffled(using: &random) {
            #expect(!state.isComplete)
            #expect(state.missing.count == plan.count - recorded.count)
            state.record(Self.part(number, of: plan, etag: "e"))
            recorded.insert(number)
            #expect(Set(state.stored.map(\.number)) == recorded)
        }
        #expect(state.isComplete)
        #expect(state.missing.isEmpty)
        #expect(state.storedBytes == plan.size)
    }
}
