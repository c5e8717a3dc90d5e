import Content
import ContentHashing
import Digests
import Threads

/// Cutting and hashing beside libcrypto's SHA-256 alone, on one thread and on two.
struct HashingBench {
    let mebibytes: Int
    let rounds: Int

    /// Short enough that all that is compared meets the same moments of a busy machine.
    private static let piece = 16 << 20

    func run() async throws -> [String: Double] {
        let source = Noise(count: self.mebibytes << 20)
        let pieces = source.pieces(of: Self.piece)
        let threads = ThreadPool(name: "bench", threads: 2)
        var sha = BestTimes(pieces: pieces.count)
        var cut = BestTimes(pieces: pieces.count)
        var one = BestTimes(pieces: 1)
        var two = BestTimes(pieces: 1)
        for _ in 0..<self.rounds {
            for (index, piece) in pieces.enumerated() {
                sha.note(try await Stopwatch.measure { try Self.digestAlone(piece) }, of: index)
                cut.note(try await Stopwatch.measure { _ = try FileChunker.chunk(piece) }, of: index)
            }
            one.note(try await Stopwatch.measure { _ = try FileChunker.chunk(source) }, of: 0)
            two.note(try await Stopwatch.measure { _ = try await FileChunker.chunk(source, on: threads) }, of: 0)
        }
        let megabytes = Double(source.size) / 1e6
        return [
            "sha256_mb_per_second": megabytes / sha.sum.wall,
            "cut_hash_mb_per_second": megabytes / cut.sum.wall,
            "two_threads_mb_per_second": megabytes / two.sum.wall,
            "cut_hash_vs_sha256": sha.sum.wall / cut.sum.wall,
            "cut_hash_vs_sha256_cpu": sha.sum.processor / cut.sum.processor,
            "two_core_scaling": one.sum.wall / two.sum.wall,
            // What two free cores would give, were both never idle: the work that splitting adds.
            "two_core_scaling_cpu": 2 * one.sum.processor / two.sum.processor,
        ]
    }

    /// libcrypto's SHA-256 over the same bytes, read in the same buffers.
    private static func digestAlone(_ source: Noise) throws {
        var hasher = SHA256Hasher()
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        for offset in stride(from: Int64(0), to: source.size, by: buffer.count) {
            let count = Int(min(Int64(buffer.count), source.size - offset))
            source.read(count, at: offset, into: &buffer)
            hasher.update(buffer.span.extracting(first: count))
        }
        _ = hasher.finish()
    }
}
