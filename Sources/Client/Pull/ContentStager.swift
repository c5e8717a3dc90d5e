import Content
import Digests
import LocalFiles
import Threads

/// Carries out a plan as far as staging: afterwards every new file is complete and verified, and none is in place.
struct ContentStager: Sendable {
    let manifest: Manifest
    let plan: InstallPlan
    let folder: InstallFolder
    let files: StagedFiles
    let source: any FetchSource
    let pool: ThreadPool
    let checkpoint: InstallCheckpoint
    let fetched: StageCounter
    let written: StageCounter

    /// What was fetched.
    struct Outcome: Sendable {
        var patchBytes: Int64 = 0
        var chunkBytes: Int64 = 0
        /// Groups that did not apply.
        var failedGroups = 0
    }

    /// Requests under way at once.
    private static let requests = 8
    /// How often chunks are asked for again that came damaged, or that no installed file and no patch gave after all.
    private static let extraRounds = 2

    init(
        _ manifest: Manifest, plan: InstallPlan, in folder: InstallFolder, files: StagedFiles,
        from source: any FetchSource, on pool: ThreadPool, progress: any ProgressSink,
        checkpoint: @escaping InstallCheckpoint
    ) {
        self.manifest = manifest
        self.plan = plan
        self.folder = folder
        self.files = files
        self.source = source
        self.pool = pool
        self.checkpoint = checkpoint
        self.fetched = StageCounter("fetch", total: plan.bytesToFetch, progress: progress)
        self.written = StageCounter("write", total: plan.totals.bytesOpen, progress: progress)
    }

    /// - Parameter patch: the patch whose groups the plan names, and the manifest it starts from; nil when it names none.
    /// - Throws: ``ClientError/damagedChunk(_:pack:)``, ``LocalFileError``, or as the source does.
    func run(patch: (file: PatchFile, old: Manifest)?) async throws -> Outcome {
        let work = Worklist(self.plan.placements)
        var outcome = try await withThrowingTaskGroup(of: Outcome.self) { group in
            group.addTask {
                try await self.copyLocalChunks(into: work)
                return Outcome()
            }
            group.addTask { Outcome(chunkBytes: try await self.fetch(self.plan.remote, into: work)) }
            if let patch { group.addTask { try await self.apply(patch.file, from: patch.old) } }
            return try await group.reduce(into: Outcome()) { sum, part in
                sum.patchBytes += part.patchBytes
                sum.chunkBytes += part.chunkBytes
                sum.failedGroups += part.failedGroups
            }
        }
        try await self.closeFiles()
        outcome.chunkBytes += try await self.fetchRest(try await self.rest(of: work))
        self.fetched.finish()
        self.written.finish()
        return outcome
    }

    private func closeFiles() async throws {
        try await self.pool.run { () throws in
            try self.files.close(
                self.plan.steps.lazy.filter { $0.action != .keep && $0.action != .setMode }.map(\.entry))
        }
    }

    /// What is still to do after the first round.
    ///
    /// Files that a patch wrote are compared with the manifest from end to end: the patch is signed by nobody.
    private func rest(of work: Worklist) async throws -> Worklist {
        let patched = self.plan.patch.coverage.keys.sorted()
        let right = try await ChunkCheck.run(
            patched.map { ChunkCheck.Subject(path: self.files.location(of: $0), pieces: self.manifest.pieces(of: $0)) },
            on: self.pool)
        var wanted = zip(patched, right).map { (entry: $0, positions: $1.map { !$0 }) }
        for (entry, offsets) in work.openOffsets where self.plan.patch.coverage[entry] == nil {
            wanted.append((entry, self.manifest.pieces(of: entry).map { offsets.contains($0.offset) }))
        }
        return Worklist(Placements(of: self.manifest, wanted: wanted))
    }

    private func fetchRest(_ work: Worklist) async throws -> Int64 {
        var sum: Int64 = 0
        for _ in 0..<Self.extraRounds {
            let missing = work.openChunks
            guard !missing.isEmpty else { return sum }
            let bytes = missing.reduce(Int64(0)) { $0 + Int64(self.manifest.chunks[$1].storedLength) }
            self.fetched.setTotal(self.fetched.done + bytes)
            sum += try await self.fetch(missing, into: work)
            try await self.closeFiles()
        }
        if let first = work.openChunks.first {
            let chunk = self.manifest.chunks[first]
            throw ClientError.damagedChunk(chunk.digest, pack: self.manifest.packs[chunk.pack].digest)
        }
        return sum
    }

    // MARK: packs

    /// Fetches chunks and writes them to all their places.
    ///
    /// A damaged one is written nowhere.
    ///
    /// - Returns: bytes that came.
    private func fetch(_ chunks: [Int], into work: Worklist) async throws -> Int64 {
        let runs = PackRun.runs(for: chunks, of: self.manifest)
        let counts = try await inParallel(runs, limit: Self.requests) { run in
            try self.checkpoint(.fetch)
            let bytes = try await self.source.read(run.range, of: .pack(self.manifest.packs[run.pack].digest))
            self.fetched.add(bytes.count)
            // Whoever sends too little or too much may send the right bytes next time.
            guard bytes.count == run.range.count else { return Int64(bytes.count) }
            try await self.pool.run { () throws in try self.unpack(bytes, of: run, into: work) }
            return Int64(bytes.count)
        }
        return counts.reduce(0, +)
    }

    private func unpack(_ bytes: [UInt8], of run: PackRun, into work: Worklist) throws {
        var decoder = try ChunkDecoder()
        for index in run.chunks {
            try Task.checkCancellation()
            let chunk = self.manifest.chunks[index]
            let start = Int(chunk.offset - run.range.lowerBound)
            let stored = bytes.span.extracting(start..<start + chunk.storedLength)
            guard let content = try decoder.decode(stored, of: chunk) else { continue }
            for placement in work.placements.range(of: index) where !work.isDone(placement) {
                try self.write(content.span, to: placement, of: work)
            }
        }
    }

    /// Writes the content of a chunk to one of its places.
    func write(_ bytes: Span<UInt8>, to placement: Int, of work: Worklist) throws {
        try self.checkpoint(.write)
        try self.files.write(
            bytes, to: Int(work.placements.entries[placement]), at: work.placements.offsets[placement])
        work.setDone(placement)
        self.written.add(bytes.count)
    }
}
