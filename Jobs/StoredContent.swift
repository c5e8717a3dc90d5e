import Content
import Digests
import JobLifecycle
import NIOCore
import ObjectStore
import Staging
import Zstd

/// The files of a published version, read back from its packs.
struct StoredContent: Sendable {
    let manifest: Manifest
    let developer: DeveloperID
    let store: any ObjectStore

    /// Bytes fetched by one request; chunks that lie side by side come together.
    private static let requestLimit: Int64 = 8 << 20

    /// Writes one file of the version into a local one, each chunk verified.
    ///
    /// - Parameter index: of the entry in the manifest; a file.
    func write(_ index: Int, into writer: inout StagedFileWriter) async throws {
        guard case .file(_, _, _, let chunks) = self.manifest.entries[index].content else { return }
        var decompressor = try ZstdDecompressor(windowLogMax: 27)
        for run in self.runs(of: chunks) {
            try Task.checkCancellation()
            let first = self.manifest.chunks[run[0]]
            let last = self.manifest.chunks[run[run.count - 1]]
            let key = try StoreLayout.pack(self.manifest.packs[first.pack].digest, of: self.developer)
            let range = first.offset..<last.offset + Int64(last.storedLength)
            let bytes = try await self.store.read(
                key, range: range, limit: ByteCount(range.upperBound - range.lowerBound))
            for number in run {
                let chunk = self.manifest.chunks[number]
                let start = Int(chunk.offset - first.offset)
                guard start + chunk.storedLength <= bytes.count else { throw Self.damaged(chunk) }
                let stored = bytes.span.extracting(start..<start + chunk.storedLength)
                switch chunk.codec {
                case .stored:
                    guard Digest.sha256(of: stored) == chunk.digest else { throw Self.damaged(chunk) }
                    try writer.write(stored)
                case .zstd:
                    let content = try decompressor.decompress(stored, size: chunk.length)
                    guard Digest.sha256(of: content) == chunk.digest else { throw Self.damaged(chunk) }
                    try writer.write(content.span)
                }
            }
        }
    }

    /// Cuts a file's chunks into runs that lie side by side in one pack.
    private func runs(of chunks: [Int]) -> [[Int]] {
        var runs: [[Int]] = []
        for number in chunks {
            let chunk = self.manifest.chunks[number]
            if let run = runs.last, let first = run.first, let last = run.last {
                let before = self.manifest.chunks[last]
                let begin = self.manifest.chunks[first].offset
                if before.pack == chunk.pack, before.offset + Int64(before.storedLength) == chunk.offset,
                    chunk.offset + Int64(chunk.storedLength) - begin <= Self.requestLimit
                {
                    runs[runs.count - 1].append(number)
                    continue
                }
            }
            runs.append([number])
        }
        return runs
    }

    private static func damaged(_ chunk: Manifest.Chunk) -> BuildFailure {
        BuildFailure(
            Failure(
                code: "object-damaged", message: "the store gave other bytes for chunk \(chunk.digest)",
                retryable: true,
                hint: "check the store's disks"))
    }
}
