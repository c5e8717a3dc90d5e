import Testing
import Zstd

@Suite("Hostile zstd frames")
struct HostileFrameTests {
    @Test("a frame that holds more or less than it must is refused")
    func wrongSizes() throws {
        let input = prose(100_000, seed: 1)
        var compressor = try ZstdCompressor(ZstdSettings(level: 3))
        var decompressor = try ZstdDecompressor(windowLogMax: 27)
        let frame = try compressor.compress(input.span)
        #expect(throws: ZstdError.wrongSize(expected: 99_999, got: nil)) {
            try decompressor.decompress(frame.span, size: 99_999)
        }
        #expect(throws: ZstdError.wrongSize(expected: 0, got: nil)) { try decompressor.decompress(frame.span, size: 0) }
        #expect(throws: ZstdError.wrongSize(expected: 100_001, got: 100_000)) {
            try decompressor.decompress(frame.span, size: 100_001)
        }
        // So much memory is not even taken.
        #expect(throws: ZstdError.wrongSize(expected: 1 << 32, got: 100_000)) {
            try decompressor.decompress(frame.span, size: 1 << 32)
        }
        #expect(throws: ZstdError.tooLarge(limit: 1 << 32)) { try decompressor.decompress(frame.span, size: 1 << 50) }
    }

    @Test("a bomb ends at the limit")
    func bomb() throws {
        var compressor = try ZstdCompressor(ZstdSettings(level: 1))
        let frame = try compressor.compress([UInt8](repeating: 0, count: 50_000_000).span)
        #expect(frame.count < 10_000)
        var decompressor = try ZstdDecompressor(windowLogMax: 27)
        var given = 0
        try decompressor.beginStream(limit: 1_000_000)
        #expect(throws: ZstdError.tooLarge(limit: 1_000_000)) {
            try decompressor.decompress(frame.span) { given += $0.count }
        }
        #expect(given <= 1_000_000)
    }

    @Test("a frame that asks for a larger window than allowed is refused by a stream")
    func window() throws {
        // RFC 8878 §3.1.1: magic, descriptor of nothing, window descriptor 20 << 3 for 2^30, one raw block of one byte.
        let frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 20 << 3, 0x09, 0x00, 0x00, 0x41]
        var strict = try ZstdDecompressor(windowLogMax: 27)
        #expect(throws: ZstdError.windowTooLarge) { try unstream(frame, frame.count, limit: 10, &strict) }
        #expect(try strict.decompress(frame.span, size: 1) == [0x41])
        var smallest = try ZstdDecompressor(windowLogMax: 10)
        #expect(throws: ZstdError.windowTooLarge) { try unstream(frame, 1, limit: 10, &smallest) }
    }

    @Test("a claimed size is not believed")
    func claim() throws {
        // Single segment with an eight-byte size of 2^62, then one last raw block of one byte.
        let frame: [UInt8] =
            [0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0, 0, 0, 0, 0x40] + [0x09, 0x00, 0x00, 0x41]
        var decompressor = try ZstdDecompressor(windowLogMax: 27)
        #expect(throws: ZstdError.self) { try decompressor.decompress(frame.span, size: 1) }
        #expect(throws: ZstdError.windowTooLarge) { try unstream(frame, frame.count, limit: 10, &decompressor) }
    }

    @Test("a frame that ends early is refused at every length")
    func truncated() throws {
        let input = prose(3000, seed: 2)
        var compressor = try ZstdCompressor(ZstdSettings(level: 3))
        var decompressor = try ZstdDecompressor(windowLogMax: 27)
        let frame = try compressor.compress(input.span)
        for count in 0..<frame.count {
            let part = Array(frame[..<count])
            #expect(throws: ZstdError.self) { try decompressor.decompress(part.span, size: input.count) }
            guard count > 0 else { continue }
            #expect(throws: ZstdError.truncated) { try unstream(part, 100, limit: input.count, &decompressor) }
        }
        #expect(try unstream(frame, 100, limit: input.count, &decompressor) == input)
    }

    @Test("skippable frames are skipped, many frames are read as one")
    func skippable() throws {
        // RFC 8878 §3.1.2.
        let skippable: [UInt8] = [0x5A, 0x2A, 0x4D, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5]
        let input = prose(3000, seed: 3)
        var compressor = try ZstdCompressor(ZstdSettings(level: 3))
        var decompressor = try ZstdDecompressor(windowLogMax: 27)
        let frame = try compressor.compress(input.span)
        let all = skippable + frame + skippable + frame + skippable
        #expect(try decompressor.decompress(all.span, size: 6000) == input + input)
        for size in [1, 10, all.count] { #expect(try unstream(all, size, limit: 6000, &decompressor) == input + input) }
        #expect(try decompressor.decompress(skippable.span, size: 0) == [])
        // One that claims more than there is.
        let endless: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 0xFF, 0xFF, 0xFF, 0xFF, 1]
        #expect(throws: ZstdError.self) { try decompressor.decompress(endless.span, size: 0) }
        #expect(throws: ZstdError.truncated) { try unstream(endless, 3, limit: 10, &decompressor) }
    }

    @Test("changed bytes give an error or other bytes of the right size, never a crash or too much")
    func fuzz() throws {
        let input = prose(20_000, seed: 4)
        var compressor = try ZstdCompressor(ZstdSettings(level: 9))
        var decompressor = try ZstdDecompressor(windowLogMax: 24)
        let frame = try compressor.compress(input.span)
        let random = noise(6000, seed: 5)
        for round in 0..<1500 {
            var changed = frame
            let place = (Int(random[round * 4]) << 8 | Int(random[round * 4 + 1])) % frame.count
            changed[round.isMultiple(of: 3) ? place % 16 : place] = random[round * 4 + 2]
            if let bytes = try? decompressor.decompress(changed.span, size: input.count) {
                #expect(bytes.count == input.count)
            }
            var given = 0
            do {
                try decompressor.beginStream(limit: 30_000)
                try decompressor.decompress(changed.span) { given += $0.count }
                #expect(try decompressor.finishStream() == Int64(given))
            } catch is ZstdError {}
            #expect(given <= 30_000)
        }
        #expect(try decompressor.decompress(frame.span, size: input.count) == input)
    }

    @Test("noise is refused")
    func notZstd() throws {
        var decompressor = try ZstdDecompressor(windowLogMax: 27)
        for seed in UInt64(1)...200 {
            let bytes = noise(200, seed: seed)
            #expect(throws: ZstdError.self) { try decompressor.decompress(bytes.span, size: 1000) }
            #expect(throws: ZstdError.self) { try unstream(bytes, 50, limit: 1000, &decompressor) }
        }
    }
}
