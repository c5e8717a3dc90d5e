import Content
import Delta
import Digests
import Fuzzing
import Testing

@testable import Patching

@Suite("Hostile patches")
struct HostilePatchTests {
    private static func applyAll(_ patch: [UInt8], _ old: [Int: any ByteSource]) throws {
        let reader = try PatchReader(MemorySource(patch))
        for group in reader.groups {
            _ = try reader.apply(group) { file in
                guard let source = old[file] else { throw PatchError.invalidTarget(file: file) }
                return source
            }
        }
    }

    private static func sample() throws -> (patch: [UInt8], old: [Int: any ByteSource]) {
        let targets = Sample.tree(files: 9, seed: 31)
        var old: [Int: any ByteSource] = [:]
        for reference in targets.flatMap(\.references) { old[reference.file] = reference.source }
        return (try Sample.patch(targets, threads: 1), old)
    }

    @Test("every truncated patch is refused")
    func truncations() throws {
        let (patch, old) = try Self.sample()
        for count in stride(from: 0, to: patch.count, by: 13) {
            #expect(throws: PatchError.self) { try Self.applyAll(Array(patch[..<count]), old) }
        }
    }

    @Test("every changed byte is noticed, with an error of ours")
    func mutations() throws {
        let (patch, old) = try Self.sample()
        var random = SeededGenerator(seed: 32)
        for _ in 0..<FuzzRounds.count(1000) {
            var mutated = patch
            let index = Int.random(in: 0..<mutated.count, using: &random)
            mutated[index] ^= UInt8.random(in: 1...255, using: &random)
            #expect(throws: PatchError.self) { try Self.applyAll(mutated, old) }
        }
    }

    @Test("an index that was changed and sealed again reads nothing it should not")
    func resealedIndexes() throws {
        let (patch, old) = try Self.sample()
        var random = SeededGenerator(seed: 33)
        let trailer = patch.count - PatchFrame.trailerLength
        let ending = try PatchFrame.readTrailer(Array(patch[trailer...]), size: Int64(patch.count))
        let index = patch[trailer - ending.indexLength..<trailer]
        for _ in 0..<FuzzRounds.count(1000) {
            var mutated = Array(index)
            mutated.change(using: &random)
            let header = Array(patch[..<PatchFrame.headerLength])
            let sealed =
                patch[..<(trailer - ending.indexLength)] + mutated
                + PatchFrame.trailer(
                    indexLength: mutated.count, digest: PatchReader.digest(header: header, index: mutated))
            do {
                try Self.applyAll(Array(sealed), old)
            } catch is PatchError {
                // Refused, as most are; a change of an output's place is another patch in order.
            }
        }
    }

    @Test("payloads that were made to harm are refused or make as many bytes as were asked for")
    func hostilePayloads() throws {
        let old = Sample.noise(count: 4000, seed: 1)
        var random = SeededGenerator(seed: 34)
        for level in PatchLevel.allCases {
            var new = Sample.structured(count: 6000, using: &random)
            new.insert(contentsOf: old, at: 3000)
            new[3500] ^= 9
            let patch = try Sample.patch(old, new, level: level)
            let reader = try PatchReader(MemorySource(patch))
            let group = reader.groups[0]
            let payload = Array(patch[Int(group.offset)..<Int(group.offset) + group.payload])
            let inputs = group.inputs.flatMap { Array(old[Int($0.offset)..<Int($0.offset) + $0.length]) }
            for _ in 0..<FuzzRounds.count(300) {
                var mutated = payload
                mutated.change(using: &random)
                var room = PatchRoom()
                room.inputs = inputs
                if (try? GroupCodec.decode(mutated, group: group, in: &room)) != nil {
                    #expect(room.output.count == group.outputLength)
                }
            }
        }
    }

    @Test("empty and foreign files are not patches")
    func foreignFiles() {
        #expect(throws: PatchError.self) { try PatchReader(MemorySource([])) }
        let noise = Sample.noise(count: 500, seed: 2)
        #expect(throws: PatchError.unreadable(.notAPatch)) { try PatchReader(MemorySource(noise)) }
    }
}

extension [UInt8] {
    mutating func change(using random: inout SeededGenerator) {
        guard !self.isEmpty else {
            self.append(0)
            return
        }
        let index = Int.random(in: 0..<self.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: self.removeSubrange(index...)
        case 1: self.insert(UInt8.random(in: 0...255, using: &random), at: index)
        default: self[index] = UInt8.random(in: 0...255, using: &random)
        }
    }
}
