import Content
import Digests
import Fuzzing
import Packing
import Testing

@Suite("Damaged packs")
struct ChunkFuzzTests {
    /// xorshift64*: the same numbers for the same seed everywhere.
    private struct Noise {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            self.state ^= self.state >> 12
            self.state ^= self.state << 25
            self.state ^= self.state >> 27
            return Int((self.state &* 0x2545_F491_4F6C_DD1D) >> 33) % bound
        }
    }

    /// Chunks as they come: text, noise, zeros, and one of a few bytes.
    private static let contents: [[UInt8]] = [
        (0..<40_000).map { UInt8(truncatingIfNeeded: ($0 / 7) &* ($0 % 13)) },
        (0..<30_000).map { UInt8(truncatingIfNeeded: ($0 &* $0 &* 2_654_435_761) >> 11) },
        Array(repeating: 0, count: 1 << 20), Array("hello, hello, hello, hello".utf8),
    ]

    @Test("a chunk of a damaged pack is refused or the same; no bytes make it another, or more than it says")
    func damaged() throws {
        var packer = try ChunkPacker()
        var unpacker = try ChunkUnpacker()
        var noise = Noise(state: 0x5EED)
        var refused = 0
        for content in Self.contents {
            let digest = Digest.sha256(of: content)
            let packed = try packer.pack(content)
            for _ in 0..<FuzzRounds.count(400) {
                var bytes = packed.bytes
                for _ in 0...noise.next(3) {
                    guard !bytes.isEmpty else { break }
                    let position = noise.next(bytes.count)
                    switch noise.next(5) {
                    case 0: bytes[position] ^= UInt8(1 << noise.next(8))
                    case 1: bytes[position] = [0, 0xFF, 0x28, 0xFD][noise.next(4)]
                    case 2: bytes.removeSubrange(position..<min(bytes.count, position + 1 + noise.next(30)))
                    case 3: bytes.insert(contentsOf: bytes.prefix(noise.next(40)), at: position)
                    default: bytes.removeLast(noise.next(bytes.count))
                    }
                }
                let length = noise.next(8) == 0 ? 1 + noise.next(1 << 20) : content.count
                do throws(DamagedChunk) {
                    let unpacked = try unpacker.unpack(bytes, codec: packed.codec, length: length, digest: digest)
                    #expect(unpacked == content)
                } catch {
                    refused += 1
                }
            }
            // What a damaged one leaves behind must not reach the next.
            #expect(
                try unpacker.unpack(packed.bytes, codec: packed.codec, length: content.count, digest: digest) == content
            )
        }
        #expect(refused > 1000)
    }
}
