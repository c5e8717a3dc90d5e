import Content
import Fuzzing
import Testing

@testable import Delta

@Suite("Patch index")
struct PatchIndexTests {
    private static let digest = Digest(bytes: Array(0..<32))

    private static func group(_ offset: Int64, _ payload: Int, _ inputs: [PatchExtent]) -> PatchGroup {
        PatchGroup(
            outputs: [
                PatchExtent(file: 3, offset: 1 << 40, length: 70_000), PatchExtent(file: 1, offset: 0, length: 1),
            ],
            inputs: inputs, method: .modelled, offset: offset, payload: payload, payloadCheck: .max, digest: digest)
    }

    private static let sample = PatchIndex(
        shared: [
            PatchGroup(
                outputs: [PatchExtent(file: -1, offset: 0, length: 500)], inputs: [], method: .zstd, offset: 72,
                payload: 100, payloadCheck: 1, digest: digest)
        ],
        groups: [
            group(172, 5, [PatchExtent(file: 9, offset: 5, length: 6), PatchExtent(file: -1, offset: 1, length: 2)]),
            group(177, 0, []),
        ])

    @Test("what was written is read")
    func roundTrip() throws {
        #expect(try PatchIndex(Self.sample.encoded(), payloads: 72..<177) == Self.sample)
        let empty = PatchIndex(shared: [], groups: [])
        #expect(try PatchIndex(empty.encoded(), payloads: 72..<72) == empty)
    }

    @Test("every shorter index is refused")
    func truncation() {
        let bytes = Self.sample.encoded()
        for count in bytes.indices {
            #expect(throws: DeltaError.self) { try PatchIndex(Array(bytes[..<count]), payloads: 72..<177) }
        }
        #expect(throws: DeltaError.self) { try PatchIndex(bytes, payloads: 72..<178) }
        #expect(throws: DeltaError.self) { try PatchIndex(bytes, payloads: 72..<176) }
        #expect(throws: DeltaError.self) { try PatchIndex(bytes + [0], payloads: 72..<177) }
    }

    @Test("a changed index is refused, or describes another patch within the limits")
    func mutations() throws {
        var random = SeededGenerator(seed: 21)
        let bytes = Self.sample.encoded()
        for _ in 0..<3000 {
            var mutated = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 0..<mutated.count, using: &random)
                mutated[index] = UInt8.random(in: 0...255, using: &random)
            }
            guard let read = try? PatchIndex(mutated, payloads: 72..<177) else { continue }
            for group in read.shared + read.groups {
                #expect(group.outputLength <= PatchLimits.output)
                #expect(group.inputs.reduce(0) { $0 + $1.length } <= PatchLimits.input)
                #expect(group.offset >= 72 && group.offset + Int64(group.payload) <= 177)
                #expect(group.inputs.allSatisfy { $0.file >= -read.shared.count && $0.offset >= 0 && $0.length > 0 })
            }
        }
    }

    @Test("a header of another kind or version is refused with its reason")
    func header() throws {
        let header = PatchFrame.header(from: Self.digest, to: Self.digest)
        #expect(header.count == PatchFrame.headerLength)
        #expect(try PatchFrame.readHeader(header).from == Self.digest)
        var other = header
        other[7] = 2
        #expect(throws: DeltaError.unsupportedVersion(2)) { try PatchFrame.readHeader(other) }
        other[0] = 0
        #expect(throws: DeltaError.notAPatch) { try PatchFrame.readHeader(other) }
        #expect(throws: DeltaError.truncated(offset: 0)) { try PatchFrame.readHeader([1, 2]) }
    }
}
