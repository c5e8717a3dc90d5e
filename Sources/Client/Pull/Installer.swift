import Content
import LocalFiles
import Patching
import Threads

/// Brings a folder to one version, from whatever it holds.
struct Installer: Sendable {
    let folder: InstallFolder
    let source: any FetchSource
    let pool: ThreadPool
    let progress: any ProgressSink
    var usesPatch = true
    var checkpoint: InstallCheckpoint = { _ in }

    /// A manifest whose signature was checked.
    struct Signed: Sendable {
        let manifest: Manifest
        let digest: Digest
        /// As it was signed.
        let envelope: [UInt8]
    }

    /// Below this, looking for a patch costs more than it can save.
    private static let leastWorthPatching: Int64 = 4 << 10
    /// Room that is left on the disk for others.
    private static let reserve: Int64 = 16 << 20

    /// - Parameters:
    ///   - target: what the folder shall hold.
    ///   - installed: what it held before, if that is known.
    ///   - begun: what an earlier pull was about to put in place when it was stopped.
    ///   - trustingIndex: false reads every file.
    func run(
        _ target: Signed, installed: Signed?, begun: Signed?, trustingIndex: Bool = true
    ) async throws -> InstallSummary {
        let start = ContinuousClock.now
        let manifest = target.manifest
        try ManifestSafety.check(manifest)
        let previous = [installed, begun].compactMap { $0?.manifest }
        let index = try await self.pool.run { () throws -> FileIndex in
            guard trustingIndex, let bytes = try self.folder.read(.index) else { return FileIndex() }
            return FileIndex(decoding: bytes)
        }
        let survey = TreeSurvey(folder: self.folder, pool: self.pool, progress: self.progress)
        let tree = try await survey.run(previous + [manifest], index: index)

        let open = manifest.entries.indices.filter { entry in
            guard case .file(_, _, let digest, _) = manifest.entries[entry].content else { return false }
            return !tree.holds(digest, at: manifest.entries[entry].path)
        }
        let files = StagedFiles(manifest, entries: open, in: self.folder)
        let staged = try await files.survey(on: self.pool)
        var plan = try InstallPlan(for: manifest, on: tree, previous: previous, staged: staged)
        var patch: (file: PatchFile, old: Manifest)?
        if self.usesPatch, let installed, let file = await self.patch(for: plan, from: installed, to: target) {
            let better = try InstallPlan(
                for: manifest, on: tree, previous: previous, staged: staged,
                patch: InstallPlan.Patch(
                    groups: file.reader.groups, shared: file.shared, old: installed.manifest,
                    cost: { Int64(file.missing(of: file.reader.groups[$0]).count) },
                    sharedCost: { Int64(file.missing(of: file.shared[$0]).count) }))
            if better.bytesToFetch < plan.bytesToFetch {
                plan = better
                patch = (file, installed.manifest)
            }
        }
        try await self.checkRoom(for: plan)

        let stager = ContentStager(
            manifest, plan: plan, in: self.folder, files: files, from: self.source, on: self.pool,
            progress: self.progress, checkpoint: self.checkpoint)
        let outcome = try await stager.run(patch: patch)
        try await self.commit(target, plan, previous, files)
        return self.summary(of: target, plan, outcome, ContinuousClock.now - start)
    }

    /// - Returns: nil when there is no patch, or it is no use.
    private func patch(for plan: InstallPlan, from installed: Signed, to target: Signed) async -> PatchFile? {
        guard plan.bytesToFetch > Self.leastWorthPatching, installed.digest != target.digest else { return nil }
        do {
            guard let offer = try await self.source.patch(from: installed.manifest.version) else { return nil }
            let file = try await PatchFile.opening(offer, from: self.source, in: self.folder, on: self.pool)
            guard file.reader.from == installed.digest, file.reader.to == target.digest else { return nil }
            return file
        } catch {
            // Chunks do as well; whatever is really wrong shows itself there.
            self.progress.report(.warning("the patch cannot be used: \(ClientFailure(error).message)"))
            return nil
        }
    }

    private func checkRoom(for plan: InstallPlan) async throws {
        let available = try await self.pool.run { () throws in try FileSystem.freeSpace(at: self.folder.root) }
        let needed = plan.totals.bytesOpen + plan.totals.bytesByPatch + Self.reserve
        guard plan.totals.bytesOpen == 0 || available >= needed else {
            throw ClientError.noRoom(needed: ByteCount(needed), available: ByteCount(available))
        }
    }

    private func commit(
        _ target: Signed, _ plan: InstallPlan, _ previous: [Manifest], _ files: StagedFiles
    ) async throws {
        let commit = InstallCommit(
            manifest: target.manifest, plan: plan, previous: previous, folder: self.folder, files: files,
            checkpoint: self.checkpoint)
        try await self.pool.run { () throws in try commit.run(envelope: target.envelope) }
        for path in plan.spared {
            self.progress.report(.warning("\(path) is not part of this version, and stays because it was changed"))
        }
    }

    private func summary(
        of target: Signed, _ plan: InstallPlan, _ outcome: ContentStager.Outcome, _ time: Duration
    ) -> InstallSummary {
        var summary = InstallSummary(version: target.manifest.versionString)
        summary.files = plan.steps.count
        summary.contentBytes = plan.totals.bytesKept + plan.totals.bytesStaged
        summary.filesKept = plan.totals.filesKept
        summary.filesCopied = plan.totals.filesCopied
        summary.filesPatched = plan.totals.filesPatched
        summary.filesFromChunks = plan.totals.filesFromChunks
        summary.filesRemoved = plan.removals.count
        summary.patchBytes = outcome.patchBytes
        summary.chunkBytes = outcome.chunkBytes
        summary.downloadedBytes = outcome.patchBytes + outcome.chunkBytes
        summary.reusedBytes = plan.totals.bytesKept + plan.totals.bytesReused
        summary.failedGroups = outcome.failedGroups
        summary.seconds = time / .seconds(1)
        return summary
    }
}
