import Testing
import Zstd

@Suite("zstd streams")
struct StreamingTests {
    @Test(
        "pieces of any size give the same frame, and come back in pieces of any size",
        arguments: [1, 100, 4096, 200_000])
    func pieces(size: Int) throws {
        let input = prose(size == 1 ? 5000 : 700_000, seed: 1)
        var compressor = try ZstdCompressor(ZstdSettings(level: 3))
        let frame = try stream(input, size, &compressor)
        #expect(frame == (try stream(input, 777, &compressor)))

        var decompressor = try ZstdDecompressor(windowLogMax: 27)
        #expect(try unstream(frame, size, limit: input.count, &decompressor) == input)
        #expect(try decompressor.decompress(frame.span, size: input.count) == input)
    }

    @Test("workers give the same frame whatever the pieces")
    func workers() throws {
        let input = prose(2_000_000, seed: 2)
        var one = try ZstdCompressor(ZstdSettings(level: 1, threading: .workers(1)))
        var two = try ZstdCompressor(ZstdSettings(level: 1, threading: .workers(2)))
        let frame = try stream(input, 100_000, &one)
        #expect(frame == (try stream(input, 33_333, &two)))
        var decompressor = try ZstdDecompressor(windowLogMax: 27)
        #expect(try unstream(frame, 10_000, limit: input.count, &decompressor) == input)
    }

    @Test("appending gives what the sink gets")
    func appending() throws {
        let input = prose(300_000, seed: 3)
        var compressor = try ZstdCompressor(ZstdSettings(level: 3))
        let expected = try stream(input, 100_000, &compressor)
        var frame: [UInt8] = []
        try compressor.beginFrame()
        for start in stride(from: 0, to: input.count, by: 100_000) {
            try compressor.compress(input.span.extracting(start..<(start + 100_000)), .more, appendingTo: &frame)
        }
        try compressor.compress(input.span.extracting(first: 0), .end, appendingTo: &frame)
        #expect(frame == expected)
    }

    @Test("a sink's error ends the call, and the next stream begins clean")
    func sinkFails() throws {
        struct DiskFull: Error {}
        let input = noise(500_000, seed: 4)
        var compressor = try ZstdCompressor(ZstdSettings(level: 1))
        #expect(throws: DiskFull.self) { try compressor.compress(input.span, .end) { _ in throw DiskFull() } }
        let frame = try stream(input, 1000, &compressor)
        var decompressor = try ZstdDecompressor(windowLogMax: 27)
        try decompressor.beginStream(limit: 1 << 20)
        #expect(throws: DiskFull.self) { try decompressor.decompress(frame.span) { _ in throw DiskFull() } }
        #expect(try unstream(frame, 1000, limit: input.count, &decompressor) == input)
    }

    @Test("an empty stream is nothing, and an empty frame is empty")
    func empty() throws {
        var decompressor = try ZstdDecompressor(windowLogMax: 27)
        #expect(try unstream([], 1, limit: 0, &decompressor) == [])
        var compressor = try ZstdCompressor(ZstdSettings(level: 1))
        let frame = try stream([], 1, &compressor)
        #expect(try unstream(frame, 1, limit: 0, &decompressor) == [])
    }
}

/// Compresses in pieces of one size.
func stream(_ input: [UInt8], _ size: Int, _ compressor: inout ZstdCompressor) throws -> [UInt8] {
    var frame: [UInt8] = []
    try compressor.beginFrame()
    for start in stride(from: 0, to: input.count, by: size) {
        try compressor.compress(input.span.extracting(start..<min(start + size, input.count)), .more) { bytes in
            for index in bytes.indices { frame.append(bytes[index]) }
        }
    }
    try compressor.compress(input.span.extracting(first: 0), .end) { bytes in
        for index in bytes.indices { frame.append(bytes[index]) }
    }
    return frame
}

/// Decompresses in pieces of one size.
func unstream(_ frame: [UInt8], _ size: Int, limit: Int, _ decompressor: inout ZstdDecompressor) throws -> [UInt8] {
    var output: [UInt8] = []
    try decompressor.beginStream(limit: Int64(limit))
    for start in stride(from: 0, to: frame.count, by: size) {
        try decompressor.decompress(frame.span.extracting(start..<min(start + size, frame.count))) { bytes in
            #expect(bytes.count <= 128 << 10)
            for index in bytes.indices { output.append(bytes[index]) }
        }
    }
    #expect(try decompressor.finishStream() == Int64(output.count))
    return output
}
