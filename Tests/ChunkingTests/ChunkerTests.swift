import Chunking
import Testing

@Suite("Chunker")
struct ChunkerTests {
    static let small = ChunkSizes(minimum: 256, average: 1024, maximum: 4096)

    @Test("the cuts of known bytes never change")
    func goldenCuts() {
        let bytes = noise(2 << 20, seed: 1)
        let fine = Chunker(.fine).lengths(of: bytes.span)
        #expect(fine.prefix(8) == [40000, 79562, 17564, 66118, 74761, 80860, 75268, 91989])
        #expect(
            Chunker(.coarse).lengths(of: bytes.span) == [
                137126, 297007, 268115, 421150, 251715, 393768, 328271,
            ])
        #expect(
            Chunker(Self.small).lengths(of: Array(bytes[..<20_000]).span) == [
                1049, 1030, 1193, 2010, 1426, 463, 1203, 1071, 1114, 1105, 1222, 1152, 1129, 746, 1034, 1471, 1446, 136,
            ])
    }

    @Test("the cuts of repeated bytes never change")
    func goldenCutsOfRepetition() {
        let text = Array("the quick brown fox jumps over the lazy dog. ".utf8)
        let repeated = (0..<(1 << 20)).map { text[$0 % text.count] }
        #expect(Chunker(.fine).lengths(of: repeated.span) == [262_144, 262_144, 262_144, 262_144])
        let page = noise(70_001, seed: 2)
        let pages = (0..<(1 << 20)).map { page[$0 % page.count] }
        // Cut anywhere in a page, all later pages are cut there too.
        #expect(
            Chunker(.fine).lengths(of: pages.span)
                == [67_395] + [Int](repeating: 70_001, count: 14) + [1167])
        let zeros = [UInt8](repeating: 0, count: 600 << 10)
        #expect(Chunker(.fine).lengths(of: zeros.span) == [256 << 10, 256 << 10, 88 << 10])
    }

    @Test("chunks keep within their bounds, average near the average, and leave no byte out")
    func bounds() {
        for seed in UInt64(1)...6 {
            let bytes = noise(1 << 20, seed: seed)
            let lengths = Chunker(Self.small).lengths(of: bytes.span)
            #expect(lengths.reduce(0, +) == bytes.count)
            #expect(lengths.dropLast().allSatisfy { (256...4096).contains($0) })
            #expect(lengths.last.map { (1...4096).contains($0) } == true)
            #expect((900...1500).contains(bytes.count / lengths.count))
        }
    }

    @Test("cutting chunk by chunk gives the same cuts as all at once, and waits for bytes it needs")
    func chunkByChunk() {
        let bytes = noise(200_000, seed: 7)
        let chunker = Chunker(Self.small)
        var lengths: [Int] = []
        var start = 0
        while let length = chunker.cut(bytes.span.extracting(start...), atEnd: true) {
            lengths.append(length)
            start += length
        }
        #expect(lengths == chunker.lengths(of: bytes.span))
        #expect(chunker.cut(bytes.span.extracting(first: 4096), atEnd: false) == lengths[0])
        #expect(chunker.cut(bytes.span.extracting(first: 4095), atEnd: false) == nil)
        #expect(chunker.cut(bytes.span.extracting(first: 100), atEnd: true) == 100)
        #expect(chunker.cut(bytes.span.extracting(first: 0), atEnd: true) == nil)
        #expect(chunker.lengths(of: bytes.span.extracting(first: 0)) == [])
    }

    @Test("an insertion changes few cuts, and the rest move with the bytes")
    func insertion() {
        let bytes = noise(1 << 20, seed: 3)
        var edited = bytes
        edited.insert(contentsOf: Array("37 bytes that were not there before".utf8), at: 300_000)
        let before = Set(ends(of: bytes).map { bytes.count - $0 })
        let after = ends(of: edited).map { edited.count - $0 }
        let moved = after.filter { !before.contains($0) }
        // Counted from the end of the file: everything before the insertion moved, a few chunks after it did.
        #expect(moved.filter { $0 < bytes.count - 300_000 }.count < 12)
        #expect(ends(of: bytes).filter { $0 < 300_000 } == ends(of: edited).filter { $0 < 300_000 })
    }

    @Test("fast and plain searches agree at every length of file")
    func againstReference() {
        for seed in UInt64(1)...3 {
            let bytes = noise(60_000, seed: seed).map { seed == 2 ? $0 & 3 : $0 }
            for count in [0, 1, 63, 64, 255, 256, 257, 1023, 1024, 4095, 4096, 4097, 5000, 59_999, 60_000] {
                let part = Array(bytes[..<count])
                #expect(Chunker(Self.small).lengths(of: part.span) == referenceLengths(of: part), "\(count) bytes")
            }
        }
    }

    private func ends(of bytes: [UInt8]) -> [Int] {
        var end = 0
        return Chunker(Self.small).lengths(of: bytes.span).map { length in
            end += length
            return end
        }
    }
}
