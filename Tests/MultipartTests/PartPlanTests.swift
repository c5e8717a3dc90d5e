import Content
import Multipart
import Testing

@Suite("Part plan")
struct PartPlanTests {
    private static let mebibyte: Int64 = 1 << 20
    private static let largest = ByteCount.gibibytes(5).bytes * 10_000

    @Test(
        "the part size is 8 MiB, or what keeps the parts below 9,000 in whole MiB",
        arguments: [
            (0, 8), (1, 8), (8 << 20, 8), (9_000 * 8 << 20, 8), (9_000 * 8 << 20 + 1, 9), (5 << 40, 583),
            (9_000 * 5 << 30, 5120), (10_000 * 5 << 30, 5120),
        ] as [(Int64, Int64)])
    func partSize(size: Int64, mebibytes: Int64) throws {
        #expect(try PartPlan(size: size).partSize == mebibytes * Self.mebibyte)
    }

    @Test("more than 10,000 parts of 5 GiB are refused")
    func tooLarge() throws {
        #expect(try PartPlan(size: Self.largest).count == 10_000)
        #expect(throws: MultipartError.tooLarge(limit: ByteCount(Self.largest))) {
            try PartPlan(size: Self.largest + 1)
        }
        #expect(throws: MultipartError.tooLarge(limit: ByteCount(Self.largest))) { try PartPlan(size: .max) }
    }

    @Test("a part size that S3 does not take is refused", arguments: [0, 1, (5 << 20) - 1, (5 << 30) + 1] as [Int64])
    func unusablePartSize(bytes: Int64) {
        #expect(throws: MultipartError.unusablePartSize(ByteCount(bytes))) {
            try PartPlan(size: 100 << 20, partSize: ByteCount(bytes))
        }
    }

    @Test("a part size that needs more than 10,000 parts is refused")
    func tooManyParts() throws {
        let size = 10_000 * PartPlan.minimumPartSize.bytes
        #expect(try PartPlan(size: size, partSize: PartPlan.minimumPartSize).count == 10_000)
        #expect(throws: MultipartError.unusablePartSize(PartPlan.minimumPartSize)) {
            try PartPlan(size: size + 1, partSize: PartPlan.minimumPartSize)
        }
    }

    @Test("nothing to send is one part of no bytes")
    func empty() throws {
        let plan = try PartPlan(size: 0)
        #expect(plan.count == 1)
        #expect(plan.range(of: 1) == 0..<0)
        #expect(plan.number(at: 0) == 1)
    }

    @Test(
        "the parts of any size join without gap, are equal but the last, and stay within the limits", arguments: 0..<300
    )
    func properties(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        let bits = random.next() % 46
        let size = Int64(random.next() % (1 << bits)) + Int64(bits)
        let plan = try PartPlan(size: size)
        #expect((1...PartPlan.maximumCount).contains(plan.count))
        #expect(plan.partSize >= PartPlan.minimumPartSize.bytes && plan.partSize <= PartPlan.maximumPartSize.bytes)
        var end: Int64 = 0
        for number in 1...plan.count {
            let range = plan.range(of: number)
            #expect(range.lowerBound == end)
            if number < plan.count { #expect(range.upperBound - range.lowerBound == plan.partSize) }
            if !range.isEmpty {
                #expect(plan.number(at: range.lowerBound) == number)
                #expect(plan.number(at: range.upperBound - 1) == number)
            }
            end = range.upperBound
        }
        #expect(end == size)
    }

    @Test("parts of a body of unknown length hold 7.8 TiB and never more than 5 GiB each")
    func unknownLength() {
        let sizes = (1...10_000).map { PartPlan.partSize(ofUnknownLengthAt: $0) }
        #expect(sizes.first == .mebibytes(8))
        #expect(sizes[999] == .mebibytes(8))
        #expect(sizes[1000] == .mebibytes(16))
        #expect(sizes.last == .gibibytes(4))
        #expect(sizes.reduce(.zero, +).description == "7.8 TiB")
    }
}
