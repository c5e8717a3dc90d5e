import Content
import Delta
import Digests
import Patching
import Testing

@Suite("Patches made in parts")
struct PatchOutlineTests {
    /// Two files of an old version each, too large to be held together, and what all new ones have in common.
    private static let targets: [PatchTarget] = {
        let common = Sample.noise(count: 80_000, seed: 9)
        return (0..<2).map { file in
            let old = Sample.noise(count: 600_000, seed: UInt64(file))
            var new = Array(old[1000..<20_000]) + common + Array(old[30_000..<40_000])
            new[500] &+= 1
            return PatchTarget(
                file: file, source: MemorySource(new),
                references: [PatchReference(file: file, source: MemorySource(old))])
        }
    }()

    private static let memory = ByteCount.mebibytes(64)

    private func whole(_ level: PatchLevel) throws -> (bytes: [UInt8], summary: PatchSummary) {
        var patch: [UInt8] = []
        let encoder = PatchEncoder(
            from: .sha256(of: [1]), to: .sha256(of: [2]), level: level, memory: Self.memory, threads: 1)
        let summary = try encoder.encode(Self.targets) { bytes in
            for index in bytes.indices { patch.append(bytes[index]) }
        }
        return (patch, summary)
    }

    @Test(
        "groups made alone, in any order, make the same patch, byte for byte", arguments: [PatchLevel.fast, .standard])
    func sameBytes(level: PatchLevel) throws {
        let outline = try PatchOutline(Self.targets, level: level, memory: Self.memory)
        #expect(outline.count == 2)
        let shared = try outline.sharedExtents(isCancelled: { false })
        #expect(shared.isEmpty == (level == .fast))
        // Each on a machine of its own, the last first; the shared one when all others are there.
        var made: [Int: EncodedGroup] = [:]
        for group in (0..<outline.count).reversed() {
            let again = try PatchOutline(Self.targets, level: level, memory: Self.memory)
            made[group] = try GroupEncoder(again, shared: shared).make(group)
        }
        let common = try GroupEncoder(outline, shared: shared).makeShared()
        #expect((common == nil) == shared.isEmpty)
        let groups = (0..<outline.count).compactMap { made[$0] }
        let assembly = PatchAssembly(
            from: .sha256(of: [1]), to: .sha256(of: [2]), shared: [common].compactMap { $0?.group },
            groups: groups.map(\.group))
        let payloads = (common?.payload ?? []) + groups.flatMap(\.payload)
        let whole = try self.whole(level)
        #expect(assembly.header + payloads + assembly.ending == whole.bytes)
        #expect(assembly.summary == whole.summary && assembly.summary.size == Int64(whole.bytes.count))
        #expect(PatchAssembly.leastSize(groups: outline.count) < whole.summary.size)
    }

    @Test("an outline reads nothing, and tells what each group will read")
    func outline() throws {
        struct Unread: ByteSource {
            struct WasRead: Error {}
            let size: Int64
            func read(_ count: Int, at offset: Int64) throws -> [UInt8] { throw WasRead() }
        }
        let targets = Self.targets.map { target in
            PatchTarget(
                file: target.file, source: Unread(size: target.source.size),
                references: target.references.map {
                    PatchReference(file: $0.file + 7, source: Unread(size: $0.source.size))
                })
        }
        let outline = try PatchOutline(targets, level: .standard, memory: Self.memory)
        #expect(outline.files.new == [0, 1] && outline.files.old == [7, 8])
        for group in 0..<2 {
            let files = outline.files(of: group)
            #expect(files.new == [group] && files.old == [group + 7])
            #expect(outline.outputBytes(of: group) == targets[group].source.size)
        }
        #expect(throws: Unread.WasRead.self) { try outline.sharedExtents(isCancelled: { false }) }
        #expect(throws: PatchError.invalidTarget(file: 5)) {
            try GroupEncoder(outline, shared: [PatchExtent(file: 5, offset: 0, length: 1)])
        }
    }

    @Test("an index of a part may name shared groups of another, and no more than there can be")
    func partIndex() throws {
        let group = PatchGroup(
            outputs: [PatchExtent(file: 0, offset: 0, length: 4)],
            inputs: [PatchExtent(file: -1, offset: 0, length: 4)],
            method: .stored, offset: 0, payload: 4, payloadCheck: 0, digest: .sha256(of: []))
        let bytes = PatchIndex(shared: [], groups: [group]).encoded()
        #expect(throws: DeltaError.self) { try PatchIndex(bytes, payloads: 0..<4) }
        #expect(try PatchIndex(bytes, payloads: 0..<4, sharedElsewhere: 1).groups == [group])
    }
}
