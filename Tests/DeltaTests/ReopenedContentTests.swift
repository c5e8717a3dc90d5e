import Content
import Digests
import Fuzzing
import Testing

@testable import Delta

/// Deflate streams opened and closed again. What zlib 1.2.13 and gzip 1.12 make of one content is known by digests.
@Suite("Reopened content")
struct ReopenedContentTests {
    /// Text with repeats near and far, 868 kB.
    private static func content() -> [UInt8] {
        let words = [
            "vertex", "shader", "texture", "sprite", "level", "enemy", "sound", "music", "script", "quest", "dialog",
            "region", "tile",
        ]
        var state = 1
        var text = ""
        for line in 0..<40_000 {
            state = (state * 1_103_515_245 + 12_345) & 0x7FFF_FFFF
            let value = state >> 16
            text += "\(value % 997) \(words[(value >> 3) % 13]) \(line * 7919 % 10_007) \(words[line * line % 13])\n"
        }
        return Array(text.utf8)
    }

    static let streams = [
        "8e5a4d7798f9e7a1", "701d43bed4c5b2bf", "7f010e16eaf13aa5", "1cc4d9caeea6ecdb", "a551adca8047daff",
        "a551adca8047daff", "1cc4d9caeea6ecdb", "a551adca8047daff", "a551adca8047daff", "d08274ff2c74906e",
        "798b212d3f2c433b", "9d6df8f0908cf006", "d34e4e29ebd3fa6a", "f8c88baefaeffcc0", "e81c2aa59beb5d01",
        "6a881b76a0a21339", "bc4d3aed4b598ae1", "9dfae2aebbe84ae8",
        "a9c532848c5c0255", "303ca1047a60e05c", "c50d08010b64a0a9", "a15158992a0814ff", "a9c532848c5c0255",
        "303ca1047a60e05c", "273073de8b8403fd", "2f6a58c155a2b261", "6c5376008405c98a", "142819c07ca8ad51",
        "266280d3b15ece03", "47c4cf103dcaf0a2",
    ]

    private static func deflated(_ content: [UInt8], _ style: DeflateStyle) throws -> [UInt8] {
        var stream: [UInt8] = []
        try unsafe content.withUnsafeBufferPointer { buffer in
            var work = Deflater.mostWork(buffer.count)
            try unsafe Deflater.deflate(ByteView(buffer), style, work: &work) { piece in
                stream += piece
                return true
            }
        }
        return stream
    }

    private static func gzip(_ stream: [UInt8]) -> [UInt8] { [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + stream }

    @Test("each style makes the stream that zlib or gzip makes")
    func styles() throws {
        let content = Self.content()
        #expect(Digest.sha256(of: content).description.hasPrefix("cde9179a480e89fa"))
        #expect(DeflateStyle.all.count == Self.streams.count)
        for (style, digest) in zip(DeflateStyle.all, Self.streams) {
            #expect(try Digest.sha256(of: Self.deflated(content, style)).description.hasPrefix(digest), "\(style)")
        }
    }

    @Test("streams among other bytes are opened, described and closed again byte for byte")
    func roundTrip() throws {
        let content = Array(Self.content().prefix(50_000))
        var random = SeededGenerator(seed: 5)
        var closed: [UInt8] = []
        for style in DeflateStyle.all.prefix(4) {
            for _ in 0..<100 { closed.append(UInt8.random(in: 0...255, using: &random)) }
            closed += Self.gzip(try Self.deflated(content, style))
        }
        let opened = try #require(ReopenedContent(opening: closed))
        #expect(opened.content.count > 4 * content.count)
        #expect(try opened.closed(count: closed.count) == closed)
        let regions = try ContentRegions(description: opened.regions.description, length: opened.content.count)
        let read = ReopenedContent(content: opened.content, regions: regions)
        #expect(read == opened)
    }

    @Test("an image of one chunk is opened; a header that fails its own check is none")
    func image() throws {
        let stream = try Self.deflated(Array(Self.content().prefix(30_000)), DeflateStyle.all[20])
        let closed = [0, 0, 0, 0] + Array("IDAT".utf8) + [0x78, 0xDA] + stream + [1, 2, 3, 4, 5, 6, 7, 8]
        let opened = try #require(ReopenedContent(opening: closed))
        #expect(opened.content.count == 30_018)
        #expect(try opened.closed(count: closed.count) == closed)
        for header: [UInt8] in [[0x78, 0xDB], [0x77, 0xDA], [0x78, 0xBB], [0x88, 0x1C]] {
            #expect(ReopenedContent(opening: Array("IDAT".utf8) + header + stream) == nil)
        }
    }

    @Test("incompressible and empty content is closed again, too")
    func extremes() throws {
        var random = SeededGenerator(seed: 6)
        let noise = (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        for content in [noise, [UInt8](repeating: 7, count: 300_000)] {
            for style in DeflateStyle.all.prefix(6) {
                let closed = Self.gzip(try Self.deflated(content, style))
                let opened = try #require(ReopenedContent(opening: closed))
                #expect(opened.content.count == content.count + 10)
                #expect(try opened.closed(count: closed.count) == closed)
            }
        }
    }

    @Test("a stream that no style makes, or that is cut short, stays as it is")
    func foreign() throws {
        var stream = try Self.deflated(Array(Self.content().prefix(20_000)), DeflateStyle.all[0])
        #expect(ReopenedContent(opening: Self.gzip(Array(stream.prefix(stream.count / 2)))) == nil)
        // A stored block of no bytes in front: the same content, by another program's choice.
        stream = [0, 0, 0, 0xFF, 0xFF] + stream
        #expect(ReopenedContent(opening: Self.gzip(stream)) == nil)
    }

    @Test("a damaged description or content never crashes and never makes more bytes than asked for")
    func hostile() throws {
        var random = SeededGenerator(seed: 7)
        let closed = Self.gzip(try Self.deflated(Array(Self.content().prefix(3_000)), DeflateStyle.all[1]))
        let opened = try #require(ReopenedContent(opening: closed))
        for _ in 0..<2_000 {
            var description = opened.regions.description
            var content = opened.content
            let place = Int.random(in: 0..<description.count, using: &random)
            description[place] = UInt8.random(in: 0...255, using: &random)
            if Bool.random(using: &random) { content.removeLast(Int.random(in: 0...content.count, using: &random)) }
            guard let regions = try? ContentRegions(description: description, length: content.count) else { continue }
            let read = ReopenedContent(content: content, regions: regions)
            if let made = try? read.closed(count: closed.count) { #expect(made.count == closed.count) }
        }
    }

    @Test("bytes that are no stream are refused without a crash")
    func garbage() {
        var random = SeededGenerator(seed: 8)
        for _ in 0..<300 {
            let noise = (0..<400).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = ReopenedContent(opening: Self.gzip(noise))
        }
    }

    @Test("covers leave streams that changed, and streams that did not keep theirs")
    func clearing() throws {
        let stream = Self.gzip(try Self.deflated(Array(Self.content().prefix(60_000)), DeflateStyle.all[0]))
        let new = stream + stream
        let second = stream.count
        let covers = [
            Cover(newStart: 0, oldStart: 100, length: stream.count),
            Cover(newStart: second + 500, oldStart: 40, length: 20),
            Cover(newStart: new.count - 30, oldStart: 7, length: 30),
        ]
        let old = [UInt8](repeating: 1, count: 100) + stream
        let streams = NewStreams(of: new.span, old: old.span, covers: covers, limit: 1 << 20)
        #expect(streams.clearing(covers) == [covers[0]])
        #expect(streams.missing > stream.count - 50)
    }
}

extension ReopenedContent {
    /// Opens all streams that a style closes again.
    init?(opening closed: [UInt8]) {
        self.init(
            opening: closed, NewStreams(of: closed.span, old: [UInt8]().span, covers: [], limit: Self.largest))
    }
}
