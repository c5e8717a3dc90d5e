import ClamAV
import Content
import ContentHashing
import Digests
import Foundation
import Threads

/// The heavy core without a program around it: prints one JSON object.
///
/// `core-bench MIB ROUNDS HELPER`. The rounds of what is compared take turns, and the fastest of each counts: what else the
/// machine does only ever makes one slower.
@main
struct CoreBench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let mebibytes = Int(arguments[1]), let rounds = Int(arguments[2]) else {
            FileHandle.standardError.write(Data("usage: core-bench MIB ROUNDS HELPER\n".utf8))
            exit(2)
        }
        var result = try await self.hashing(mebibytes: mebibytes, rounds: rounds)
        result["scanner_recovery_ms"] = try await self.recovery(helper: arguments[3], rounds: rounds * 3)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        print(String(decoding: try encoder.encode(result), as: UTF8.self))
    }

    private static func hashing(mebibytes: Int, rounds: Int) async throws -> [String: Double] {
        let source = Noise(count: mebibytes << 20)
        let threads = ThreadPool(name: "bench", threads: 2)
        var (sha, cut, two) = (Duration.seconds(3600), Duration.seconds(3600), Duration.seconds(3600))
        let clock = ContinuousClock()
        for _ in 0..<rounds {
            var begin = clock.now
            try self.digestAlone(source)
            sha = min(sha, clock.now - begin)
            begin = clock.now
            _ = try FileChunker.chunk(source)
            cut = min(cut, clock.now - begin)
            begin = clock.now
            _ = try await FileChunker.chunk(source, on: threads)
            two = min(two, clock.now - begin)
        }
        let megabytes = Double(source.size) / 1e6
        return [
            "sha256_mb_per_second": megabytes / (sha / .seconds(1)),
            "cut_hash_mb_per_second": megabytes / (cut / .seconds(1)),
            "two_threads_mb_per_second": megabytes / (two / .seconds(1)),
            "cut_hash_vs_sha256": sha / cut,
            "two_core_scaling": cut / two,
        ]
    }

    /// libcrypto's SHA-256 over the same bytes, read in the same buffers.
    private static func digestAlone(_ source: Noise) throws {
        var hasher = SHA256Hasher()
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        for offset in stride(from: Int64(0), to: source.size, by: buffer.count) {
            let count = Int(min(Int64(buffer.count), source.size - offset))
            try source.read(count, at: offset, into: &buffer)
            hasher.update(buffer.span.extracting(first: count))
        }
        _ = hasher.finish()
    }

    /// From the death of a lane to the next verdict, less what a scan takes anyway: the median, in milliseconds.
    private static func recovery(helper: String, rounds: Int) async throws -> Double {
        let directory = FileManager.default.temporaryDirectory.appending(path: "core-bench-\(UUID())")
        defer { try? FileManager.default.removeItem(at: directory) }
        var configuration = ScannerPool.Configuration(directory: directory.path, lanes: 1)
        configuration.helperPath = helper
        configuration.databaseDirectory = directory.path + "/none"
        let pool = try await ScannerPool.start(configuration)
        let file = directory.appending(path: "file")
        try Data(repeating: 65, count: 10_000).write(to: file)
        let clock = ContinuousClock()
        let request = ScanRequest(.path(file.path), size: 10_000, deadline: .seconds(60))
        _ = await pool.scan([request])
        var times: [Double] = []
        for _ in 0..<rounds {
            let begin = clock.now
            _ = await pool.scan([request])
            let plain = clock.now - begin
            for lane in await pool.processes.lanes { kill(lane, SIGKILL) }
            let death = clock.now
            _ = await pool.scan([request])
            times.append((clock.now - death - plain) / .milliseconds(1))
        }
        await pool.shutdown()
        return times.sorted()[times.count / 2]
    }
}

/// Bytes without a pattern, in memory.
struct Noise: ByteSource {
    private let bytes: [UInt8]

    init(count: Int) {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        var bytes = [UInt8](repeating: 0, count: count)
        for index in stride(from: 0, to: count - 7, by: 8) {
            // xorshift64, Marsaglia 2003
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            for byte in 0..<8 { bytes[index + byte] = UInt8(truncatingIfNeeded: state >> (8 * byte)) }
        }
        self.bytes = bytes
    }

    var size: Int64 { Int64(self.bytes.count) }

    func read(_ count: Int, at offset: Int64) -> [UInt8] { Array(self.bytes[Int(offset)..<Int(offset) + count]) }

    func read(_ count: Int, at offset: Int64, into buffer: inout [UInt8]) {
        let part = self.bytes.span.extracting(Int(offset)..<Int(offset) + count)
        part.withUnsafeBytes { source in
            buffer.withUnsafeMutableBytes { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<count])) }
        }
    }
}
