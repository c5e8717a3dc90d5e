public import Content
import Fuzzing
import Testing

/// What every source of bytes keeps, wherever they lie.
public enum ByteSourceConformance {
    /// Some megabytes that are nowhere the same.
    public static let bytes: [UInt8] = (0..<(3 << 20) + 777).map {
        UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13)
    }

    /// - Parameter source: of ``bytes``.
    public static func check(_ source: any ByteSource) throws {
        let bytes = self.bytes
        #expect(source.size == Int64(bytes.count))
        // Whole, in steps from front to back, from back to front, and anywhere.
        #expect(try source.read(bytes.count, at: 0) == bytes)
        for step in [4096, 100_000, 1 << 20] {
            var gathered: [UInt8] = []
            while gathered.count < bytes.count {
                gathered += try source.read(min(step, bytes.count - gathered.count), at: Int64(gathered.count))
            }
            #expect(gathered == bytes)
            for start in stride(from: 0, to: bytes.count, by: step).reversed() {
                let end = min(start + step, bytes.count)
                #expect(try source.read(end - start, at: Int64(start)) == Array(bytes[start..<end]))
            }
        }
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            let start = Int.random(in: 0..<bytes.count, using: &random)
            let count = Int.random(in: 0..<min(300_000, bytes.count - start), using: &random)
            #expect(try source.read(count, at: Int64(start)) == Array(bytes[start..<start + count]))
        }
        // The bounds.
        #expect(try source.read(0, at: 0) == [])
        #expect(try source.read(0, at: source.size) == [])
        for (count, offset) in [(1, source.size), (bytes.count + 1, 0), (1, -1), (-1, 0), (1, .max), (.max, 1)] {
            #expect(throws: (any Error).self) { try source.read(count, at: offset) }
        }
        // Into memory that is there already.
        var buffer = [UInt8](repeating: 0, count: 2000)
        try source.read(1000, at: 5000, into: &buffer)
        try source.read(1000, at: 6000, into: &buffer, from: 1000)
        #expect(buffer == Array(bytes[5000..<7000]))
    }
}
