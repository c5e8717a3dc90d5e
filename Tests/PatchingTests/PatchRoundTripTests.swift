import Content
import Delta
import Digests
import Fuzzing
import Patching
import Testing

@Suite("Patches")
struct PatchRoundTripTests {
    @Test("a patch makes the new file, whatever was edited", arguments: PatchLevel.allCases)
    func randomEdits(level: PatchLevel) throws {
        var random = SeededGenerator(seed: 11)
        for round in 0..<12 {
            let old = Sample.structured(count: Int.random(in: 0...60_000, using: &random), using: &random)
            var new = old
            for _ in 0..<Int.random(in: 0...12, using: &random) { Sample.edit(&new, using: &random) }
            if round == 3 { new = [] }
            let patch = try Sample.patch(old, new, level: level)
            #expect(try Sample.apply(patch, to: old) == new)
        }
    }

    @Test(
        "files that are empty, equal, tiny or nothing alike are patched too",
        arguments: [
            ([], []), ([], [1]), ([1], []), ([1], [1]), ([1], [2]), (Array(0...255), Array((0...255).reversed())),
            ([UInt8](repeating: 0, count: 5000), [UInt8](repeating: 0, count: 70_000)),
            (Sample.noise(count: 3000, seed: 1), Sample.noise(count: 3000, seed: 2)),
        ] as [([UInt8], [UInt8])])
    func edgeCases(old: [UInt8], new: [UInt8]) throws {
        let patch = try Sample.patch(old, new, level: .standard)
        #expect(try Sample.apply(patch, to: old) == new)
    }

    @Test("equal files cost next to nothing")
    func equalFiles() throws {
        let bytes = Sample.noise(count: 1 << 20, seed: 3)
        #expect(try Sample.patch(bytes, bytes, level: .standard).count < 300)
    }

    @Test("the bytes of a patch do not depend on the number of threads")
    func determinism() throws {
        let targets = Sample.tree(files: 40, seed: 5)
        let one = try Sample.patch(targets, threads: 1)
        let two = try Sample.patch(targets, threads: 2)
        let three = try Sample.patch(targets, threads: 3)
        #expect(one == two)
        #expect(one == three)
    }

    @Test("the bytes of a hasty patch depend neither on the number of threads nor on the groups made before")
    func hastyDeterminism() throws {
        // Old files of more than the memory holds whole, whose parts come in another order.
        let targets = (0..<5).map { file in
            let old = Sample.noise(count: 1_200_000 + file * 90_000, seed: UInt64(20 + file))
            var new = Array(old[600_000...] + old[100_000..<600_000] + Sample.noise(count: 3000, seed: UInt64(file)))
            for index in stride(from: 0, to: new.count, by: 70_001) { new[index] ^= 1 }
            return PatchTarget(
                file: file, source: MemorySource(new),
                references: [PatchReference(file: file, source: MemorySource(old))])
        }
        let one = try Sample.patch(targets, threads: 1, level: .fast)
        #expect(one == (try Sample.patch(targets, threads: 2, level: .fast)))
        #expect(one == (try Sample.patch(targets, threads: 3, level: .fast)))
        let outline = try PatchOutline(targets, level: .fast, memory: .mebibytes(128))
        let encoder = try GroupEncoder(outline, shared: [])
        let reader = try PatchReader(MemorySource(one))
        #expect(reader.groups.count == outline.count && outline.count == 5)
        for number in [3, 0, 4, 1, 2] {
            let (made, group) = (try encoder.make(number), reader.groups[number])
            #expect(made.payload == Array(one[Int(group.offset)..<Int(group.offset) + group.payload]))
            #expect(made.payload.count < 8000)
            let bytes = try reader.apply(group) { targets[$0].references[0].source }
            #expect(bytes == (try targets[number].source.read(bytes.count, at: 0)))
        }
    }

    @Test("a patch of single files names both by their digests, of however many groups", arguments: [50_000, 17 << 20])
    func namesByDigest(count: Int) throws {
        let old = [UInt8](repeating: 7, count: count)
        var new = old
        new[count / 2] = 8
        let reader = try PatchReader(MemorySource(try Sample.patch(old, new, level: .fast)))
        #expect(reader.groups.count == (count > 16 << 20 ? 2 : 1))
        #expect(reader.from == Digest.sha256(of: old) && reader.to == Digest.sha256(of: new))
    }

    @Test("groups apply alone, in any order, and say which files they make")
    func groupsAreIndependent() throws {
        let targets = Sample.tree(files: 40, seed: 6)
        let reader = try PatchReader(MemorySource(try Sample.patch(targets, threads: 1)))
        var made: [Int: [UInt8]] = [:]
        for group in reader.groups.reversed() {
            let bytes = try reader.apply(group) { file in
                try #require(targets.flatMap(\.references).first { $0.file == file }).source
            }
            var start = 0
            for output in group.outputs {
                made[output.file] = Array(bytes[start..<start + output.length])
                start += output.length
            }
        }
        for target in targets where target.source.size > 0 {
            #expect(made[target.file] == (try target.source.read(Int(target.source.size), at: 0)))
        }
    }

    @Test("another old file than the patch was made from is noticed")
    func wrongOldFile() throws {
        var old = Sample.noise(count: 50_000, seed: 9)
        var new = old
        new[100] ^= 1
        let patch = try Sample.patch(old, new, level: .standard)
        old[2000] ^= 1
        let source = MemorySource(old)
        #expect(throws: PatchError.self) { try Sample.apply(patch, to: old) }
        let reader = try PatchReader(MemorySource(patch))
        #expect(throws: PatchError.self) { try reader.apply(reader.groups[0]) { _ in source } }
        let short = MemorySource([1, 2, 3])
        #expect(throws: PatchError.self) { try reader.apply(reader.groups[0]) { _ in short } }
    }

    @Test("a cancelled patch stops with its own error")
    func cancellation() throws {
        let encoder = PatchEncoder(
            from: .sha256(of: []), to: .sha256(of: [1]), level: .fast, memory: .mebibytes(128), threads: 2)
        #expect(throws: PatchError.cancelled) {
            try encoder.encode(Sample.tree(files: 3, seed: 1), isCancelled: { true }) { _ in }
        }
    }
}
