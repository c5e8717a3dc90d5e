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
