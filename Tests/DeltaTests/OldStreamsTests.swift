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

    private static func edited(
        _ new: [UInt8], _ old: [UInt8], _ covers: [Cover] = [], limit: Int = 1 << 20
    ) -> EditedStreams {
        let streams = NewStreams(of: new.span, old: old.span, covers: covers, limit: 1 << 20)
        return EditedStreams(of: streams, old: old.span, covers: streams.clearing(covers), limit: limit)
    }

    /// The second stream among the old bytes of ``sample()``.
    private static func second() throws -> (OldStreams, old: [UInt8], content: [UInt8]) {
        let (old, new, second) = try Self.sample()
        let covers = [Cover(newStart: 0, oldStart: 0, length: second)]
        let places = Self.edited(new, old, covers).streams.map(\.place)
        let content = old[..<(second + 10)] + Self.text(1000, seed: 2)
        return (OldStreams(places: places, openedLength: content.count), old, Array(content))
    }

    private static func opened(_ streams: OldStreams, _ old: [UInt8]) throws -> [UInt8] {
        try streams.opened(old.span).bytes
    }

    @Test("a stream that covers copy is left to them; the old one of an edited stream is found")
    func finding() throws {
        let (old, new, second) = try Self.sample()
        let covers = [
            Cover(newStart: 0, oldStart: 0, length: second + 10),
            Cover(newStart: second + 300, oldStart: 5, length: 30),
        ]
        let edited = Self.edited(new, old, covers)
        #expect(edited.streams.map(\.range) == [second..<old.count])
        let content = Self.text(1000, seed: 2)
        #expect(edited.streams.map(\.growth) == [content.count - (old.count - second - 10)])
        let (streams, _, opened) = try Self.second()
        #expect(try Self.opened(streams, old) == opened)
    }

    @Test("where no old stream is, or the limit leaves no room, nothing is opened")
    func nothing() throws {
        let (old, new, _) = try Self.sample()
        #expect(Self.edited(new, Self.text(500, seed: 2)).streams.isEmpty)
        #expect(Self.edited(new, old, limit: 1000).streams.isEmpty)
        #expect(Self.edited(new, old, limit: -5).streams.isEmpty)
        #expect(Self.edited([], old).streams.isEmpty)
        #expect(Self.edited(new, []).streams.isEmpty)
        #expect(Self.edited(new, old).streams.count == 2)
    }

    @Test("of several old streams the one that has most in common comes first where room is short")
    func choosing() throws {
        let texts = (0..<4).map { Self.text(1000, seed: UInt64(10 + $0)) }
        let old = try texts.flatMap { try Self.gzip($0) }
        let new = try Self.gzip(texts[2] + Array("and a line".utf8))
        let edited = Self.edited(new, old, limit: texts[2].count + 100)
        let before = try Self.gzip(texts[0]).count + Self.gzip(texts[1]).count
        #expect(edited.streams.map(\.range.lowerBound) == [before])
    }

    @Test("a part of opened bytes tells where it was, and opens to the same bytes again")
    func parts() throws {
        let texts = (0..<3).map { Self.text(300, seed: UInt64(20 + $0)) }
        let streams = try texts.map { try Self.gzip($0) }
        let old = Array("before".utf8) + streams[0] + Array("between".utf8) + streams[1] + streams[2]
        var start = 6 + 10
        var places: [OldStreams.Place] = []
        for (number, stream) in streams.enumerated() {
            if number == 1 { start += 7 }
            places.append(OldStreams.Place(start: start, length: stream.count - 10, chunk: 0))
            start += stream.count
        }
        let opened = try OpenedBytes(old.span, at: places, limit: 1 << 20)
        #expect(zip(opened.contents, texts).allSatisfy { Array(opened.bytes[$0]) == $1 })
        let ranges = [2..<opened.contents[0].upperBound + 3, opened.contents[2].lowerBound - 4..<opened.bytes.count]
        let part = opened.part(ranges)
        let closed = part.closed.flatMap { Array(old[$0]) }
        let again = try part.streams.opened(closed.span)
        #expect(again.bytes == ranges.flatMap { Array(opened.bytes[$0]) })
        #expect(again.extents == part.extents)
        #expect(part.extents.map(\.length).reduce(0, +) == again.bytes.count)
    }

    @Test("what is told of streams is read again, in old bytes that have room for them")
    func description() throws {
        let (streams, old, _) = try Self.second()
        let description = streams.description
        #expect(try OldStreams(description: description, old: old.count) == streams)
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
        let (streams, old, content) = try Self.second()
        var damaged = old
        for index in streams.places[0].start..<streams.places[0].start + 30 { damaged[index] = 0xFF }
        #expect(throws: DeltaError.self) { try Self.opened(streams, damaged) }
        #expect(throws: DeltaError.self) { try Self.opened(streams, Array(old.dropLast())) }
        for length in [0, content.count - 1, content.count + 1] {
            let lying = OldStreams(places: streams.places, openedLength: length)
            #expect(throws: DeltaError.self) { try Self.opened(lying, old) }
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
        let (streams, old, _) = try Self.second()
        var random = SeededGenerator(seed: 21)
        for _ in 0..<FuzzRounds.count(1000) {
            var description = streams.description
            let place = Int.random(in: 0..<description.count, using: &random)
            description[place] = UInt8.random(in: 0...255, using: &random)
            guard let read = try? OldStreams(description: description, old: old.count) else { continue }
            if let opened = try? Self.opened(read, old) { #expect(opened.count == read.openedLength) }
        }
    }
}
