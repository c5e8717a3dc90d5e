import Content
import Delta
import Fuzzing
import Patching
import Testing

/// Packs of two hundred parts of 6 KB, as a packer might write them twice.
@Suite("What a linter sees in a pack")
struct ContentLookTests {
    private static let parts = (0..<200).map { Sample.noise(count: 6000 + $0, seed: UInt64($0)) }

    /// Each part behind its number and a time.
    private static func pack(_ parts: [[UInt8]], time: UInt8 = 0) -> [UInt8] {
        parts.flatMap { part in [0x50, 0x4B, time, time &+ 1, UInt8(truncatingIfNeeded: part.count)] + part }
    }

    private static func look(_ old: [UInt8], _ new: [UInt8]) throws -> ContentLook {
        try ContentLook(at: MemorySource(new), references: [MemorySource(old)])
    }

    private static func shuffled() -> [[UInt8]] {
        var random = SeededGenerator(seed: 3)
        return self.parts.shuffled(using: &random)
    }

    @Test("parts in another order are a reshuffle, though no chunk is as it was")
    func reshuffled() throws {
        let look = try Self.look(Self.pack(Self.parts), Self.pack(Self.shuffled()))
        #expect(look.known * 10 > look.size * 9 && look.moved * 2 > look.known)
        #expect(look.reasons(insteadOf: [.rewritten, .alreadyCompressed], isProgram: false) == [.reshuffled])
    }

    @Test("a time beside every part is scattered changes; of a program they are what a compiler does")
    func timestamps() throws {
        let look = try Self.look(Self.pack(Self.parts), Self.pack(Self.parts, time: 77))
        #expect(look.moved == 0 && look.touchedBlocks == look.blocks)
        #expect(look.reasons(insteadOf: [.rewritten], isProgram: false) == [.scatteredChanges])
        #expect(look.reasons(insteadOf: [], isProgram: true) == [])
    }

    @Test("a pack that grew, lost a part and was edited once gives no advice")
    func edited() throws {
        var parts = Self.parts
        parts[50] = Sample.noise(count: 7000, seed: 1000)
        parts.remove(at: 20)
        parts.append(Sample.noise(count: 9000, seed: 1001))
        let look = try Self.look(Self.pack(Self.parts), Self.pack(parts))
        #expect(look.reasons(insteadOf: [], isProgram: false) == [])
    }

    @Test("what is all new keeps the reasons that its chunks gave")
    func foreign() throws {
        let look = try Self.look(
            Self.pack(Self.parts), Self.pack((0..<200).map { Sample.noise(count: 6000, seed: UInt64(2000 + $0)) }))
        #expect(look.known == 0)
        let reasons: [UpdateReason] = [.rewritten, .alreadyCompressed]
        #expect(look.reasons(insteadOf: reasons, isProgram: false) == reasons)
        #expect(try ContentLook(at: MemorySource([]), references: []).size == 0)
    }

    @Test("costly edited files are looked into and the others are not")
    func explain() throws {
        func change(_ path: String, cost: Int64, from: [Int]) throws -> FileChange {
            FileChange(
                file: 0, path: try BuildPath(validating: path), size: 1 << 21,
                kind: from.isEmpty ? .added : .edited(from: from), sharedBytes: 0, newRanges: [], chunkBytes: cost,
                reasons: [.rewritten])
        }
        let changes = [
            try change("pack", cost: 1 << 21, from: [4]), try change("small", cost: 1000, from: [4]),
            try change("new", cost: 1 << 21, from: []),
        ]
        let explained = try ContentLook.explain(
            changes, new: { _ in MemorySource(Self.pack(Self.shuffled())) },
            old: { file in
                #expect(file == 4)
                return MemorySource(Self.pack(Self.parts))
            })
        #expect(explained.map(\.reasons) == [[.reshuffled], [.rewritten], [.rewritten]])
        #expect(PackAdvice.all(for: [explained[0]]).map(\.reason) == [.reshuffled])
    }
}
