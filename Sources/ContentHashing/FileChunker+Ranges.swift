import Chunking
import Content
import Digests
import Threads

extension FileChunker {
    /// What one thread made of one range.
    private struct ChunkedRange: Sendable {
        let range: Range<Int64>
        let digests: [Digest]
        let cuts: CutList
    }

    /// As ``chunk(_:on:progress:)``, whatever the file's size.
    ///
    /// - Parameter length: of a range, roughly.
    static func chunk(
        _ source: some ByteSource, inRangesOf length: Int64, on threads: ThreadPool,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws -> ChunkedFile {
        let sizes = try self.sizes(for: source)
        let count = Int(max(1, (source.size + length - 1) / length))
        var parts = try await self.cut(
            RangeCutter.split(source.size, into: count, sizes), of: source, sizes, on: threads, progress: progress)
        while true {
            switch CutList.join(parts.map(\.cuts)) {
            case .joined(let kept):
                return ChunkedFile(
                    zip(parts, kept).flatMap { part, indexes in
                        indexes.map { (digest: part.digests[$0], length: part.cuts.lengths[$0]) }
                    })
            case .apart(let index):
                // Rare: bytes in which cuts never fall together. The two are cut as one.
                let range = parts[index].range.lowerBound..<parts[index + 1].range.upperBound
                let whole = try await self.cut([range], of: source, sizes, on: threads, progress: { _ in })
                parts.replaceSubrange(index...index + 1, with: whole)
            }
        }
    }

    private static func cut(
        _ ranges: [Range<Int64>], of source: some ByteSource, _ sizes: ChunkSizes, on threads: ThreadPool,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws -> [ChunkedRange] {
        try await withThrowingTaskGroup(of: (Int, ChunkedRange).self) { group in
            for (index, range) in ranges.enumerated() {
                group.addTask {
                    let part = try await threads.run {
                        try self.cut(range, of: source, sizes, progress: progress)
                    }
                    return (index, part)
                }
            }
            var parts: [Int: ChunkedRange] = [:]
            for try await (index, part) in group { parts[index] = part }
            return ranges.indices.compactMap { parts[$0] }
        }
    }

    private static func cut(
        _ range: Range<Int64>, of source: some ByteSource, _ sizes: ChunkSizes, progress: (Int64) -> Void
    ) throws -> ChunkedRange {
        var cutter = RangeCutter(range, of: source.size, sizes)
        var hasher = SHA256Hasher()
        var digests: [Digest] = []
        var buffer = [UInt8](repeating: 0, count: self.bufferLength)
        while !cutter.isDone {
            try Task.checkCancellation()
            let offset = cutter.position
            let count = Int(min(source.size - offset, Int64(self.bufferLength)))
            try source.read(count, at: offset, into: &buffer)
            var position = 0
            while position < count, !cutter.isDone {
                let rest = buffer.span.extracting(position..<count)
                let scan = cutter.scan(rest)
                hasher.update(rest.extracting(..<scan.taken))
                position += scan.taken
                if scan.length != nil { digests.append(hasher.finishAndRestart()) }
            }
            // What lies past the range is the next one's to tell.
            progress(max(0, min(offset + Int64(position), range.upperBound) - offset))
        }
        if cutter.finish() != nil { digests.append(hasher.finishAndRestart()) }
        return ChunkedRange(range: range, digests: digests, cuts: cutter.cuts)
    }
}
