import Content
import Digests
import LocalFiles
import Threads

/// Bytes that an installed file has.
extension ContentStager {
    /// Bytes that one thread copies before it looks for the next work.
    private static let copyBatch = 32 << 20
    /// Shorter runs are read, looked at and written: there is nothing to be saved.
    private static let leastRun: Int64 = 256 << 10

    /// Places side by side in one staged file whose bytes lie side by side in one installed file.
    private struct Run: Sendable {
        let source: InstalledTree.Place
        let entry: Int
        let offset: Int64
        var length: Int64
        /// Indexes of placements.
        var placements: [Int]
    }

    func copyLocalChunks(into work: Worklist) async throws {
        let installed = FileCache(.read, capacity: 64)
        let runs = self.runs(of: work.placements)
        var batches: [ArraySlice<Run>] = []
        var start = 0
        var bytes: Int64 = 0
        for (index, run) in runs.enumerated() {
            bytes += run.length
            guard bytes >= Self.copyBatch || index + 1 == runs.count else { continue }
            batches.append(runs[start...index])
            start = index + 1
            bytes = 0
        }
        _ = try await inParallel(batches, limit: self.pool.threads) { batch in
            try await self.pool.run { () throws in
                var buffer: [UInt8] = []
                for run in batch {
                    try Task.checkCancellation()
                    guard try !self.takeOver(run, from: installed, into: work, &buffer) else { continue }
                    for placement in run.placements where !work.isDone(placement) {
                        let place = work.placements.offsets[placement] - run.offset + run.source.offset
                        try self.copy(placement, from: run.source.path, at: place, installed, into: work, &buffer)
                    }
                }
            }
        }
    }

    private func runs(of placements: Placements) -> [Run] {
        var runs: [Run] = []
        for copy in self.plan.copies {
            let (entry, offset) = (Int(placements.entries[copy.placement]), placements.offsets[copy.placement])
            let length = Int64(self.manifest.chunks[Int(placements.chunks[copy.placement])].length)
            if let last = runs.last, last.entry == entry, last.offset + last.length == offset,
                last.source.path == copy.from.path, last.source.offset + last.length == copy.from.offset,
                last.length < Self.copyBatch
            {
                runs[runs.count - 1].length += length
                runs[runs.count - 1].placements.append(copy.placement)
            } else {
                runs.append(
                    Run(source: copy.from, entry: entry, offset: offset, length: length, placements: [copy.placement]))
            }
        }
        return runs
    }

    /// Lets the system bring a whole run over, and looks at what came of it.
    ///
    /// - Returns: false when the run, or a part of it, still has to be copied chunk by chunk.
    private func takeOver(
        _ run: Run, from installed: FileCache, into work: Worklist, _ buffer: inout [UInt8]
    ) throws -> Bool {
        guard run.length >= Self.leastRun else { return false }
        do {
            let file = try installed.file(at: self.folder.location(of: run.source.path))
            try self.checkpoint(.write)
            guard
                try self.files.copy(
                    run.length, from: file, at: run.source.offset, to: run.entry, at: run.offset)
            else { return false }
        } catch let error as LocalFileError {
            guard error.meansMissingBytes else { throw error }
            return false
        }
        for placement in run.placements {
            let chunk = self.manifest.chunks[Int(work.placements.chunks[placement])]
            buffer.makeRoom(for: chunk.length)
            try self.files.read(
                chunk.length, of: run.entry, at: work.placements.offsets[placement], into: &buffer)
            // What is no longer what it was stays open, and is fetched later.
            guard Digest.sha256(of: buffer.span.extracting(0..<chunk.length)) == chunk.digest else { continue }
            work.setDone(placement)
            self.written.add(chunk.length)
        }
        return true
    }

    /// Copies one chunk.
    ///
    /// What is no longer what it was stays open, and is fetched later.
    private func copy(
        _ placement: Int, from path: BuildPath, at offset: Int64, _ installed: FileCache, into work: Worklist,
        _ buffer: inout [UInt8]
    ) throws {
        let chunk = self.manifest.chunks[Int(work.placements.chunks[placement])]
        buffer.makeRoom(for: chunk.length)
        do {
            try installed.file(at: self.folder.location(of: path)).read(
                chunk.length, at: offset, into: &buffer, from: 0)
        } catch {
            guard error.meansMissingBytes else { throw error }
            return
        }
        let content = buffer.span.extracting(0..<chunk.length)
        guard Digest.sha256(of: content) == chunk.digest else { return }
        try self.write(content, to: placement, of: work)
    }
}

extension [UInt8] {
    /// Makes it `count` bytes long at least.
    fileprivate mutating func makeRoom(for count: Int) {
        if self.count < count { self.append(contentsOf: repeatElement(0, count: count - self.count)) }
    }
}
