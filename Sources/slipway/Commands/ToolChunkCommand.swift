import ArgumentParser
import Content
import ContentHashing
import Foundation
import Staging
import Threads

/// `slipway tool chunk FILE…`
struct ToolChunkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chunk",
        abstract: "Cuts files into chunks and prints their digests.",
        discussion: "Example: slipway tool chunk --json game.pak")

    @Argument(help: "Files to cut.") var files: [String]
    @Flag(help: "Print one JSON object a file, with all its chunks.") var json = false
    @Option(help: "Threads that share the ranges of a large file; as many as there are processors unless said.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        guard (1...1024).contains(self.threads) else { throw ValidationError("--threads is 1 to 1024") }
    }

    func run() async throws { try await ToolOutput.explaining { try await self.cut() } }

    private func cut() async throws {
        let pool = ThreadPool(name: "chunk", threads: self.threads)
        for path in self.files {
            let chunked = try await FileChunker.chunk(try FileSource(path: path), on: pool)
            let size = chunked.chunks.reduce(Int64(0)) { $0 + Int64($1.length) }
            guard self.json else {
                print("\(chunked.digest)  \(ByteCount(size))  \(chunked.chunks.count) chunks  \(path)")
                continue
            }
            let result = ChunkResult(
                path: path, size: size, digest: chunked.digest,
                chunks: chunked.chunks.map { ChunkResult.Chunk(digest: $0.digest, length: $0.length) })
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(result), as: UTF8.self))
        }
    }
}

private struct ChunkResult: Encodable {
    struct Chunk: Encodable {
        let digest: Digest
        let length: Int
    }

    let path: String
    let size: Int64
    let digest: Digest
    let chunks: [Chunk]
}
