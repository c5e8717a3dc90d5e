import Delta
import Testing

/// Files that hold deflate streams.
@Suite("Stream carriers")
struct StreamCarriersTests {
    @Test(
        "images and archives are known by their names, whatever the case",
        arguments: [
            ("data/Tree.PNG", 8), ("mods/base.pk3", 2), ("a.zip", 2), ("zip", 1), ("a.zip/readme", 1), ("a.ogg", 1),
            ("", 1),
            ("dir.zip/b.png", 8), ("a.", 1),
        ])
    func names(path: String, growth: Int) { #expect(StreamCarriers.growth(of: path) == growth) }

    @Test("and by their first bytes")
    func beginnings() {
        #expect(StreamCarriers.growth(beginning: [0x89, 0x50, 0x4E, 0x47, 13]) == 8)
        #expect(StreamCarriers.growth(beginning: [0x50, 0x4B, 3, 4]) == 2)
        #expect(StreamCarriers.growth(beginning: [0x1F, 0x8B, 8, 0]) == 2)
        #expect(StreamCarriers.growth(beginning: [0x50, 0x4B, 5, 6]) == 1)
        #expect(StreamCarriers.growth(beginning: []) == 1)
    }
}
