import Content
import Digests
import Fuzzing
import Patching

/// Bytes to patch, the same on every run.
enum Sample {
    static func noise(count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    /// Text-like runs, repeats, and little-endian tables, as assets have them.
    static func structured(count: Int, using random: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: for _ in 0..<200 { bytes.append(UInt8.random(in: 97...122, using: &random)) }
            case 1:
                var value = UInt32.random(in: 0...100_000, using: &random)
                for _ in 0..<100 {
                    value &+= UInt32.random(in: 0...50, using: &random)
                    for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
                }
            case 2: for _ in 0..<300 { bytes.append(UInt8.random(in: 0...255, using: &random)) }
            default:
                let length = min(bytes.count, 400)
                let start = Int.random(in: 0...bytes.count - length, using: &random)
                bytes.append(contentsOf: Array(bytes[start..<start + length]))
            }
        }
        return Array(bytes.prefix(count))
    }

    /// One overwrite, insertion, removal or move.
    static func edit(_ bytes: inout [UInt8], using random: inout SeededGenerator) {
        let start = Int.random(in: 0...bytes.count, using: &random)
        let length = min(Int.random(in: 1...2000, using: &random), bytes.count - start)
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            for index in start..<start + min(length, 20) { bytes[index] &+= UInt8.random(in: 1...9, using: &random) }
        case 1: bytes.insert(contentsOf: noise(count: 37, seed: UInt64(start)), at: start)
        case 2: bytes.removeSubrange(start..<start + length)
        case 3:
            let moved = Array(bytes[start..<start + length])
            bytes.removeSubrange(start..<start + length)
            bytes.insert(contentsOf: moved, at: Int.random(in: 0...bytes.count, using: &random))
        default: for index in stride(from: start, to: start + length, by: 8) { bytes[index] &+= 1 }
        }
    }

    /// Changed files with one or two references each, some empty, some new.
    static func tree(files: Int, seed: UInt64) -> [PatchTarget] {
        var random = SeededGenerator(seed: seed)
        return (0..<files).map { file in
            let old = structured(count: Int.random(in: 0...4000, using: &random), using: &random)
            let other = structured(count: Int.random(in: 0...4000, using: &random), using: &random)
            var new = old
            for _ in 0..<3 { edit(&new, using: &random) }
            if file % 7 == 0 { new += other }
            let references = [
                PatchReference(file: file * 2, source: MemorySource(old)),
                PatchReference(file: file * 2 + 1, source: MemorySource(other)),
            ]
            return PatchTarget(
                file: file, source: MemorySource(new), references: Array(references.prefix(file % 3)))
        }
    }

    static func patch(_ old: [UInt8], _ new: [UInt8], level: PatchLevel) throws -> [UInt8] {
        var patch: [UInt8] = []
        let summary = try FilePatch.encode(
            old: MemorySource(old), new: MemorySource(new), level: level, memory: .mebibytes(128), threads: 1
        ) { bytes in for index in bytes.indices { patch.append(bytes[index]) } }
        precondition(summary.size == patch.count, "the summary states the size")
        return patch
    }

    static func patch(_ targets: [PatchTarget], threads: Int, level: PatchLevel = .standard) throws -> [UInt8] {
        var patch: [UInt8] = []
        let encoder = PatchEncoder(
            from: .sha256(of: [1]), to: .sha256(of: [2]), level: level, memory: .mebibytes(128), threads: threads)
        _ = try encoder.encode(targets) { bytes in for index in bytes.indices { patch.append(bytes[index]) } }
        return patch
    }

    static func apply(_ patch: [UInt8], to old: [UInt8]) throws -> [UInt8] {
        var made: [UInt8] = []
        try FilePatch.apply(old: MemorySource(old), patch: MemorySource(patch)) { bytes in
            for index in bytes.indices { made.append(bytes[index]) }
        }
        return made
    }
}
