import Fuzzing
import Testing

@testable import Delta

/// Deflate streams of the old bytes, found, told and read.
@Suite("Old streams")
struct OldStreamsTests {
    private static func text(_ lines: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        return (0..<lines).flatMap { _ in
            Array(
                "line \(Int.random(in: 0..<9000, using: &random)) of \(Int.random(in: 0..<99, using: &random))\n".utf8)
        }
    }

    private static func gzip(_ content: [UInt8]) throws -> [UInt8] {
        var stream: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        try unsafe content.withUnsafeBufferPointer { buffer in
            var work = Deflater.mostWork(buffer.count)
            try unsafe Deflater.deflate(ByteView(buffer), DeflateStyle.all[0], work: &work) { piece in
                stream += piece
                return true
            }
        }
        return stream
    }

    /// Two streams, the second of which was edited.
    private static func sample() throws -> (old: [UInt8], new: [UInt8], second: Int) {
        let first = try Self.gzip(Self.text(1000, seed: 1))
        var content = Self.text(1000, seed: 2)
        let old = try first + Self.gzip(content)
        content.insert(contentsOf: Self.text(1, seed: 3), at: content.count / 2)
        return (old, try first + Self.gzip(content), first.count)
    }

    private static func edited() throws -> (EditedStreams, old: [UInt8], second: Int) {
        let (old, new, second) = try Self.sample()
        let covers = [
            Cover(newStart: 0, oldStart: 0, length: second + 10),
            Cover(newStart: second + 300, oldStart: 5, length: 30),
        ]
        return (try #require(Self.edited(new, old, covers)), old, second)
    }

    private static func edited(
        _ new: [UInt8], _ old: [UInt8], _ covers: [Cover] = [], limit: Int = 1 << 20
    ) -> EditedStreams? {
        let streams = NewStreams(of: new.span, old: old.span, covers: covers)
        return EditedStreams(of: streams, old: old.span, covers: covers, limit: limit)
    }

    private static func content(_ streams: OldStreams, _ old: [UInt8]) throws -> [UInt8] {
        try streams.content(in: old.span)
    }

    @Test("a stream that covers copy whole is left to them; an edited one stands alone, with the old one beside it")
    func finding() throws {
        let (edited, old, second) = try Self.edited()
        #expect(edited.covers == [Cover(newStart: 0, oldStart: 0, length: second)])
        #expect(edited.old.places.map(\.range) == [second..<old.count])
        #expect(try Self.content(edited.old, old) == old[second..<second + 10] + Self.text(1000, seed: 2))
    }

    @Test("where no old stream is, or the limit leaves no room, nothing is opened")
    func nothing() throws {
        let (old, new, _) = try Self.sample()
        #expect(Self.edited(new, Self.text(500, seed: 2)) == nil)
        #expect(Self.edited(old, old, limit: 1000) == nil)
        #expect(Self.edited(new, old, limit: -5) == nil)
        #expect(Self.edited([], old) == nil)
        #expect(Self.edited(new, []) == nil)
        #expect(Self.edited(new, old) != nil)
    }

    @Test("what is told of streams is read again, in old bytes that have room for them")
    func description() throws {
        let (edited, old, _) = try Self.edited()
        let description = edited.old.description
        #expect(try OldStreams(description: description, old: old.count) == edited.old)
        #expect(throws: DeltaError.self) { try OldStreams(description: description, old: old.count - 1) }
        #expect(throws: DeltaError.self) { try OldStreams(description: description + [0], old: old.count) }
        for count in 0..<description.count {
            #expect(throws: DeltaError.self) {
                try OldStreams(description: Array(description[..<count]), old: old.count)
            }
        }
    }

    @Test("places without a stream, and contents of another length than was told, are refused")
    func damage() throws {
        let (edited, old, second) = try Self.edited()
        var damaged = old
        for index in second + 10..<second + 40 { damaged[index] = 0xFF }
        #expect(throws: DeltaError.self) { try Self.content(edited.old, damaged) }
        #expect(throws: DeltaError.self) { try Self.content(edited.old, Array(old.dropLast())) }
        for length in [0, edited.old.length - 1, edited.old.length + 1] {
            let lying = OldStreams(places: edited.old.places, length: length)
            #expect(throws: DeltaError.self) { try Self.content(lying, old) }
        }
    }

    @Test("content beyond the bound is refused before it is read")
    func bound() {
        var description: [UInt8] = []
        description.append(varint: 0)
        description.append(varint: ReopenedContent.largest + 1)
        #expect(throws: DeltaError.self) { try OldStreams(description: description, old: 100) }
    }

    @Test("a stream of blocks that hold nothing is no stream")
    func emptyBlocks() throws {
        let empty = (0..<100).flatMap { _ in [UInt8](arrayLiteral: 0, 0, 0, 0xFF, 0xFF) }
        let stream = empty + [1, 1, 0, 0xFE, 0xFF, 7]
        var work = 1000
        let found = unsafe stream.withUnsafeBufferPointer { buffer in
            unsafe Inflater.stream(in: ByteView(buffer), at: 0, limit: 100, work: &work)
        }
        #expect(found == nil)
    }

    @Test("headers that each begin a long stream take no more work together than is allowed")
    func manyHeaders() throws {
        // Each header is followed by a stored block that leads to the same long run of stored blocks, which is no stream.
        let headers = 2000
        let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        var bytes: [UInt8] = []
        for number in 0..<headers {
            let length = (headers - 1 - number) * 15
            bytes +=
                header + [0, UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8 & 255)]
        }
        let block = [0, 0xFF, 0xFF, 0, 0] + [UInt8](repeating: 7, count: 0xFFFF)
        for _ in 0..<15 { bytes += block }
        unsafe bytes.withUnsafeBufferPointer { buffer in
            var search = unsafe StreamSearch(ByteView(buffer), work: 1 << 22)
            var tries = 0
            while let header = search.nextHeader() {
                #expect(search.stream(header, limit: 1 << 24) == nil)
                tries += 1
            }
            #expect(tries < 20)
        }
    }

    @Test("chunks that lead on and on are followed no farther than is allowed")
    func manyChunks() {
        var bytes = [UInt8](repeating: 0, count: 4)
        for _ in 0..<100_000 { bytes += Array("IDAT".utf8) + [0x78, 0xDA, 0, 0, 0, 0, 0, 0] }
        unsafe bytes.withUnsafeBufferPointer { buffer in
            var search = unsafe StreamSearch(ByteView(buffer), work: 1 << 20)
            var tries = 0
            while let header = search.nextHeader() {
                _ = search.declaredEnd(header)
                _ = search.stream(header, limit: 1 << 20)
                tries += 1
            }
            #expect(tries < 1000)
        }
    }

    @Test("damaged descriptions never read outside")
    func hostile() throws {
        let (edited, old, _) = try Self.edited()
        var random = SeededGenerator(seed: 21)
        for _ in 0..<FuzzRounds.count(1000) {
            var description = edited.old.description
            let place = Int.random(in: 0..<description.count, using: &random)
            description[place] = UInt8.random(in: 0...255, using: &random)
            guard let streams = try? OldStreams(description: description, old: old.count) else { continue }
            if let content = try? Self.content(streams, old) { #expect(content.count == streams.length) }
        }
    }
}
