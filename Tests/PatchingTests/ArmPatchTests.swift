import Content
import Delta
import Fuzzing
import Testing

@testable import Patching

@Suite("Patches of ARM64 programs")
struct ArmPatchTests {
    @Test("code whose functions moved takes less than a hundredth of its size")
    func movedFunctions() throws {
        let program = ArmProgram(functions: 900, seed: 72)
        let (old, new) = (program.bytes(), program.bytes(growingEvery: 90))
        let patch = try Sample.patch(old, new, level: .standard)
        #expect(try Sample.apply(patch, to: old) == new)
        #expect(patch.count * 100 < new.count)
    }

    @Test("programs side by side in one group are made, also where they begin at odd places of it")
    func sideBySide() throws {
        let targets = (0..<6).map { number in
            let program = ArmProgram(functions: 120, seed: UInt64(number))
            let tail = [UInt8](repeating: 7, count: number)
            return PatchTarget(
                file: number, source: MemorySource(program.bytes(growingEvery: 20) + tail),
                references: [PatchReference(file: 10 + number, source: MemorySource(program.bytes() + tail))])
        }
        let reader = try PatchReader(MemorySource(try Sample.patch(targets, threads: 1)))
        #expect(reader.groups.map(\.method) == [.modelled])
        for group in reader.groups {
            let bytes = try reader.apply(group) { file in
                try #require(targets.flatMap(\.references).first { $0.file == file }).source
            }
            var expected: [UInt8] = []
            for output in group.outputs {
                let source = try #require(targets.first { $0.file == output.file }).source
                expected += try source.read(output.length, at: output.offset)
            }
            #expect(bytes == expected)
        }
    }
}
