import Content
import Delta
import FoundationEssentials
import Fuzzing
import Testing

@testable import Patching

private let rounds = ProcessInfo.processInfo.environment["SLIPWAY_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 0
private let seed = ProcessInfo.processInfo.environment["SLIPWAY_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

/// Many more rounds than the other tests have time for: `SLIPWAY_FUZZ_ROUNDS=100000 swift test --filter Fuzzing`.
///
/// `SLIPWAY_FUZZ_SEED` chooses others; a failure names both.
@Suite("Fuzzing patches", .enabled(if: rounds > 0))
struct FuzzTests {
    @Test("whatever is edited, the patch makes it, and no damage of it does harm", arguments: PatchLevel.allCases)
    func everything(level: PatchLevel) throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<rounds {
            let old = Sample.structured(count: Int.random(in: 0...20_000, using: &random), using: &random)
            var new = old
            for _ in 0..<Int.random(in: 0...8, using: &random) { Sample.edit(&new, using: &random) }
            let patch = try Sample.patch(old, new, level: level)
            try #require(try Sample.apply(patch, to: old) == new, "round \(round) of seed \(seed)")
            try self.damage(patch, old: old, using: &random)
        }
    }

    @Test("whatever is edited inside of streams, the patch makes it, and no damage of it does harm")
    func streams() throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<rounds / 10 {
            let contents = (0..<Int.random(in: 1...5, using: &random)).map { number in
                Archive.text(lines: Int.random(in: 5...400, using: &random), seed: UInt64(round * 8 + number))
            }
            let old = try Self.archive(contents)
            var edited = contents
            for index in edited.indices where Bool.random(using: &random) {
                Sample.edit(&edited[index], using: &random)
            }
            if Bool.random(using: &random) { edited.shuffle(using: &random) }
            var new = try Self.archive(edited)
            if round % 4 == 0 { Sample.edit(&new, using: &random) }
            let patch = try Sample.patch(old, new, level: .standard)
            try #require(try Sample.apply(patch, to: old) == new, "round \(round) of seed \(seed)")
            try self.damage(patch, old: old, using: &random)
        }
    }

    /// Members of a zip archive, each once more as an image.
    private static func archive(_ contents: [[UInt8]]) throws -> [UInt8] {
        try Archive.zip(contents)
            + contents.flatMap { try Archive.image($0.reversed(), style: 20, chunk: $0.count % 3 == 0 ? 300 : nil) }
    }

    /// Damages the patch as a whole, and each payload behind its check.
    private func damage(_ patch: [UInt8], old: [UInt8], using random: inout SeededGenerator) throws {
        for _ in 0..<8 {
            var damaged = patch
            damaged.change(using: &random)
            if let made = try? Sample.apply(damaged, to: old) {
                try #require(damaged == patch || made.isEmpty, "damage that nobody noticed")
            }
        }
        let reader = try PatchReader(MemorySource(patch))
        for group in reader.groups {
            let payload = Array(patch[Int(group.offset)..<Int(group.offset) + group.payload])
            let inputs = group.inputs.flatMap { Array(old[Int($0.offset)..<Int($0.offset) + $0.length]) }
            for method in PatchMethod.allCases {
                // A payload read by another method than made it is hostile in its own way.
                let other = PatchGroup(
                    outputs: group.outputs, inputs: group.inputs, method: method, offset: group.offset,
                    payload: group.payload, payloadCheck: group.payloadCheck, digest: group.digest)
                for _ in 0..<4 {
                    var mutated = payload
                    mutated.change(using: &random)
                    var room = PatchRoom()
                    room.inputs = inputs
                    if (try? GroupCodec.decode(mutated, group: other, in: &room)) != nil {
                        try #require(room.output.count == group.outputLength)
                    }
                }
            }
        }
    }
}
