import Chunking
import Testing

@Suite("ChunkSizes")
struct ChunkSizesTests {
    @Test("the two sizes never change")
    func frozen() {
        #expect(ChunkSizes.fine == ChunkSizes(minimum: 16_384, average: 65_536, maximum: 262_144))
        #expect(ChunkSizes.coarse == ChunkSizes(minimum: 65_536, average: 262_144, maximum: 1_048_576))
    }

    @Test(
        "executables, media and compressed streams are cut coarsely",
        arguments: [
            [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0], Array("MZ\u{90}".utf8), [0xFE, 0xED, 0xFA, 0xCF],
            [0xCF, 0xFA, 0xED, 0xFE],
            [0xCA, 0xFE, 0xBA, 0xBE], [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10], [0xFF, 0xD8, 0xFF, 0xE0],
            Array("RIFF....WEBP".utf8), Array("OggS".utf8), Array("....ftypisom".utf8), Array("fLaC".utf8),
            [0x1A, 0x45, 0xDF, 0xA3], [0x1F, 0x8B, 8], [0x28, 0xB5, 0x2F, 0xFD],
        ] as [[UInt8]])
    func coarse(header: [UInt8]) {
        #expect(ChunkSizes.suited(to: header.span, size: 10_000_000) == .coarse)
    }

    @Test(
        "packs and everything else are cut finely",
        arguments: [
            "", "P", "PK\u{3}\u{4}", "PACK", "UnityFS", "RIFF....WAVE", "hello, world", "\u{0}\u{0}\u{0}\u{0}", "M",
            "....ftyX",
        ])
    func fine(header: String) {
        #expect(ChunkSizes.suited(to: Array(header.utf8).span, size: 10_000_000) == .fine)
    }

    @Test("a file beyond the largest size is cut coarsely whatever it is")
    func huge() {
        let header = Array("PACK".utf8)
        #expect(ChunkSizes.suited(to: header.span, size: 64 << 30) == .fine)
        #expect(ChunkSizes.suited(to: header.span, size: 64 << 30 + 1) == .coarse)
    }
}
