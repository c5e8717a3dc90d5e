import BuildStore
import Content
import JobLifecycle
import Packing
import Staging

/// Writes files of a thin build into staging, each chunk verified, from whichever place it is in.
struct ThinFileWriter: Sendable {
    let build: ThinBuild
    /// Of the chunks that were sent, in the upload.
    let places: [Int64?]
    let upload: HashedUpload
    let kept: PackedChunks
    let staging: BuildStaging

    /// A stretch of a file whose bytes come together.
    private enum Stretch {
        /// A chunk of the upload.
        case sent(Int, at: Int64, ThinBuild.Body)
        /// Chunks that lie side by side in a pack.
        case stored([ChunkLocation])
    }

    /// - Parameter entry: a file.
    func write(_ entry: ThinBuild.Entry) async throws {
        guard case .file(let executable, let chunks) = entry.content else { return }
        var file = try self.staging.create(entry.path, mode: FileMode(isExecutable: executable))
        for stretch in self.stretches(of: chunks) {
            try Task.checkCancellation()
            for content in try await self.contents(of: stretch) { try file.write(content.span) }
        }
        file.close()
    }

    private func stretches(of chunks: [Int]) -> [Stretch] {
        var stretches: [Stretch] = []
        var ahead: [ChunkLocation] = []
        for number in chunks {
            let chunk = self.build.chunks[number]
            if let body = chunk.body, let place = self.places[number] {
                stretches += self.kept.runs(of: ahead).map { .stored($0) }
                ahead = []
                stretches.append(.sent(number, at: place, body))
            } else if let location = self.kept.location(of: chunk.digest) {
                ahead.append(location)
            }
        }
        return stretches + self.kept.runs(of: ahead).map { .stored($0) }
    }

    private func contents(of stretch: Stretch) async throws -> [[UInt8]] {
        switch stretch {
        case .stored(let run): return try await self.kept.read(run)
        case .sent(let number, let place, let body):
            let chunk = self.build.chunks[number]
            let bytes = try self.upload.read(body.length, at: place)
            var unpacker = try ChunkUnpacker()
            do throws(DamagedChunk) {
                return [try unpacker.unpack(bytes, codec: body.codec, length: chunk.length, digest: chunk.digest)]
            } catch {
                throw BuildFailure(
                    Failure(
                        code: "archive-corrupt", message: "chunk \(chunk.digest) of the upload has other bytes",
                        retryable: false, stage: "ingest", hint: "push again"))
            }
        }
    }
}
