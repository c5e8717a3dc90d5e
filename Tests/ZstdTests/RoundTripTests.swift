import Testing
import Zstd

@Suite("zstd round trips")
struct RoundTripTests {
    static let inputs = [
        [], [7], [UInt8](repeating: 0, count: 1_000_000), noise(300_000, seed: 1), prose(300_000, seed: 2),
    ]

    @Test("what was compressed comes back", arguments: [-5, 1, 3, 9, 19])
    func roundTrip(level: Int) throws {
        var compressor = try ZstdCompressor(ZstdSettings(level: level))
        var decompressor = try ZstdDecompressor(windowLogMax: 27)
        for input in Self.inputs {
            let frame = try compressor.compress(input.span)
            #expect(try decompressor.decompress(frame.span, size: input.count) == input)
        }
    }

    @Test("the same input gives the same bytes, whatever was compressed before and by how many workers")
    func deterministic() throws {
        let input = prose(3_000_000, seed: 3)
        var first = try ZstdCompressor(ZstdSettings(level: 3))
        let expected = try first.compress(input.span)
        _ = try first.compress(noise(1000, seed: 1).span)
        #expect(try first.compress(input.span) == expected)

        let byWorkers = try [1, 2, 4].map { count in
            var compressor = try ZstdCompressor(
                ZstdSettings(level: 1, windowLog: 18, longDistanceMatching: true, threading: .workers(count)))
            return try compressor.compress(input.span)
        }
        #expect(byWorkers[0] == byWorkers[1])
        #expect(byWorkers[0] == byWorkers[2])
        var decompressor = try ZstdDecompressor(windowLogMax: 18)
        let frame = byWorkers[0]
        #expect(try decompressor.decompress(frame.span, size: input.count) == input)
    }

    @Test("a frame against a prefix is small, comes back with it, and not with another")
    func prefix() throws {
        let old = noise(2_000_000, seed: 4)
        var new = old
        new.replaceSubrange(500_000..<500_010, with: Array("a few bytes more than were here".utf8))
        new.removeSubrange(1_200_000..<1_300_000)
        var compressor = try ZstdCompressor(.patch(level: 3, prefix: old.count, size: new.count))
        let patch = try compressor.compress(new.span, prefix: old.span)
        #expect(patch.count < 2000)
        var decompressor = try ZstdDecompressor(windowLogMax: 31)
        #expect(try decompressor.decompress(patch.span, prefix: old.span, size: new.count) == new)

        let other = noise(2_000_000, seed: 5)
        let wrong = try? decompressor.decompress(patch.span, prefix: other.span, size: new.count)
        #expect(wrong != new)
        // Neither side remembers the prefix.
        #expect(throws: ZstdError.self) { try decompressor.decompress(patch.span, size: new.count) }
        let alone = try compressor.compress(new.span)
        #expect(alone.count > 1_500_000)
        #expect(try decompressor.decompress(alone.span, size: new.count) == new)
        #expect(try compressor.compress(new.span, prefix: old.span) == patch)
    }

    @Test("an empty prefix is no prefix")
    func emptyPrefix() throws {
        let input = prose(10_000, seed: 6)
        let nothing: [UInt8] = []
        var compressor = try ZstdCompressor(.patch(level: 3, prefix: 0, size: input.count))
        var decompressor = try ZstdDecompressor(windowLogMax: 27)
        let frame = try compressor.compress(input.span, prefix: nothing.span)
        #expect(try decompressor.decompress(frame.span, prefix: nothing.span, size: input.count) == input)
    }

    @Test("settings zstd does not know are refused")
    func settings() {
        for settings in [
            ZstdSettings(level: 23), ZstdSettings(level: -200_000), ZstdSettings(level: 3, windowLog: 9),
            ZstdSettings(level: 3, windowLog: 32), ZstdSettings(level: 3, threading: .workers(0)),
            ZstdSettings(level: 3, threading: .workers(1 << 40)),
        ] {
            let isRefused: Bool
            do throws(ZstdError) {
                _ = try ZstdCompressor(settings)
                isRefused = false
            } catch {
                guard case .invalidSettings = error else { continue }
                isRefused = true
            }
            #expect(isRefused, "\(settings)")
        }
    }

    @Test("patch settings open the window over both files")
    func patchWindow() {
        #expect(ZstdSettings.patch(level: 3, prefix: 0, size: 0).windowLog == 10)
        #expect(ZstdSettings.patch(level: 3, prefix: 1 << 20, size: 1 << 20).windowLog == 21)
        #expect(ZstdSettings.patch(level: 3, prefix: 1 << 20, size: (1 << 20) + 1).windowLog == 22)
        #expect(ZstdSettings.patch(level: 3, prefix: 1 << 40, size: 0).windowLog == 31)
    }
}
