import ArgumentParser
import Content
import ContentHashing
import Foundation
import Staging

/// `slipway tool chunk FILE…`
struct ToolChunkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chunk",
        abstract: "Cuts files into chunks and prints their digests.",
        discussion: "Example: slipway tool chunk --json game.pak")

    @Argument(help: "Files to cut.") var files: [String]
    @Flag(help: "Print one JSON object a file, with all its chunks.") var json = false

    func run() async throws { try await ToolOutput.explaining { try self.cut() } }

    private func cut() throws {
        for path in self.files {
            let chunked = try FileChunker.chunk(try FileSource(path: path))
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
