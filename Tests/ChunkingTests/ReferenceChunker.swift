@testable import Chunking

/// The cuts by their definition, byte by byte: slow, and too plain to be wrong.
func referenceLengths(of bytes: [UInt8], _ sizes: ChunkSizes = ChunkerTests.small) -> [Int] {
    let rule = CutRule(sizes)
    let table = Gear.table
    var lengths: [Int] = []
    var length = 0
    var hash: UInt64 = 0
    for byte in bytes {
        length += 1
        hash = hash &* 2 &+ table[Int(byte)]
        let mask = length < sizes.average ? rule.strictMask : rule.looseMask
        guard length == sizes.maximum || (length >= sizes.minimum && hash & mask == 0) else { continue }
        lengths.append(length)
        length = 0
    }
    return length > 0 ? lengths + [length] : lengths
}
