import BuildStore
public import Content
import Delta
import Digests
import FoundationEssentials
public import JobLifecycle
import JobQueue
import ManifestSigning
import ObjectStore
import Patching
import Postgres
import Staging

/// After a version is ready: makes the patch that brings an earlier version to it, or back from it to an earlier one.
///
/// The files of the new version are read from staging, those of the other from their packs. A patch that costs as much as the
/// chunks it replaces is not kept; what the update costs is told in either case. One that cannot be made harms nobody: the
/// version has been ready since before. Safe to repeat: the same versions give the same bytes.
public struct MakePatch: BuildJob {
    public static let kind: JobKind = "make-patch"
    public static let policy = JobPolicy(
        queue: "patch", retry: RetryPolicy(maxAttempts: 3), timeout: .seconds(6 * 3600), priority: 10)

    /// The version that became ready, whose files are staged.
    public let version: VersionID
    /// The earlier one.
    let other: VersionID
    /// Whether the patch leads from ``version`` to ``other``.
    let isRollback: Bool

    var from: VersionID { self.isRollback ? self.version : self.other }
    var to: VersionID { self.isRollback ? self.other : self.version }
}

struct MakePatchHandler: JobHandler {
    let builds: BuildStore
    let store: any ObjectStore
    let staging: StagingArea
    let key: Ed25519.VerifyingKey
    let policy: PatchPolicy

    func perform(_ work: MakePatch, attempt: Attempt) async throws -> Outcome {
        guard let new = try await self.builds.version(work.to, in: self.builds.database), new.status == .ready,
            let old = try await self.builds.version(work.from, in: self.builds.database), old.status == .ready
        else { return .completed }
        let (newManifest, newDigest) = try await self.manifest(of: new)
        let (oldManifest, oldDigest) = try await self.manifest(of: old)
        let contents = (old: VersionContent(oldManifest), new: VersionContent(newManifest))
        let plan = PatchPlan(from: contents.old, to: contents.new)
        var report = PatchReport(
            plan: plan, bytesByChunks: PatchPlan.bytesByChunks(from: contents.old, to: contents.new), summary: nil,
            isKept: false)
        let policy = self.policy.within(try await self.builds.patchBudget())
        let sizes = contents.new.files.reduce(into: [Int: Int64]()) { $0[$1.index] = $1.size }
        let bytes = plan.targets.reduce(Int64(0)) { $0 + (sizes[$1.file] ?? 0) }
        guard !plan.targets.isEmpty, let level = policy.level(for: bytes) else {
            return try self.notWorthIt(work, report)
        }
        let staging = try self.staging.build(work.version)
        let scratch = try staging.scratch("\(work.isRollback ? "rollback" : "patch")-\(work.other)")
        defer { try? scratch.remove() }
        func files(_ version: VersionRecord, _ manifest: Manifest) -> PatchFiles {
            PatchFiles(
                stored: StoredContent(manifest: manifest, developer: version.developer, store: self.store),
                staged: version.id == work.version ? staging : nil, scratch: scratch)
        }
        let targets = try await PatchFiles.targets(plan, old: files(old, oldManifest), new: files(new, newManifest))
        attempt.report { progress in
            progress.bytesTotal = bytes
            progress.itemsTotal = Int64(targets.count)
        }
        let encoder = PatchEncoder(
            from: oldDigest, to: newDigest, level: level, memory: policy.memory, threads: policy.threads)
        let made = try self.encode(targets, with: encoder, into: scratch, attempt: attempt)
        report.summary = made.summary
        report.isKept = policy.keeps(
            size: made.source.size, replaced: plan.chunkBytes,
            others: try await self.builds.patchBytes(to: work.to, besides: work.from),
            stored: contents.new.chunks.reduce(0) { $0 + Int64($1.storedLength) })
        guard report.isKept else { return try self.notWorthIt(work, report) }
        let key = try StoreLayout.patch(
            made.digest, from: old.id, to: new.id, game: new.game, developer: new.developer)
        _ = try await self.store.put(
            key, .file(path: made.source.reopenPath, range: 0..<made.source.size), digest: made.digest,
            condition: .always)
        attempt.report { $0.itemsDone = $0.itemsTotal }
        let summary = try report.json()
        return .completed { transaction in
            try await self.builds.record(
                patchFrom: work.from, to: work.to, state: .ready, objectKey: key.text, digest: made.digest,
                size: made.source.size, chunkBytes: plan.chunkBytes, summary: summary, in: transaction)
        }
    }

    func abandon(_ work: MakePatch, failure: Failure, in transaction: Transaction) async throws {
        try await self.builds.record(
            patchFrom: work.from, to: work.to, state: .failed, objectKey: nil, digest: nil, size: nil,
            chunkBytes: nil, summary: String(decoding: try JSONEncoder().encode(failure), as: UTF8.self),
            in: transaction)
    }

    private func notWorthIt(_ work: MakePatch, _ report: PatchReport) throws -> Outcome {
        let summary = try report.json()
        return .completed { transaction in
            try await self.builds.record(
                patchFrom: work.from, to: work.to, state: .notWorthIt, objectKey: nil, digest: nil,
                size: report.summary?.size, chunkBytes: report.plan.chunkBytes, summary: summary, in: transaction)
        }
    }

    private func manifest(of version: VersionRecord) async throws -> (Manifest, Digest) {
        let key = try ObjectKey(validating: version.s3Path)
        let bytes = try await self.store.read(key, range: nil, limit: .gibibytes(2))
        return try ManifestEnvelope.open(bytes, trusting: [self.key])
    }

    private struct Made: Sendable {
        let source: FileSource
        let digest: Digest
        let summary: PatchSummary
    }

    private func encode(
        _ targets: [PatchTarget], with encoder: PatchEncoder, into scratch: StagingScratch, attempt: Attempt
    ) throws -> Made {
        var writer = try scratch.create("patch")
        var hasher = SHA256Hasher()
        let summary = try encoder.encode(
            targets, progress: { done in attempt.report { $0.bytesDone = done } },
            isCancelled: { Task.isCancelled }
        ) { bytes in
            hasher.update(bytes)
            try writer.write(bytes)
        }
        writer.close()
        return Made(source: try scratch.open("patch"), digest: hasher.finish(), summary: summary)
    }
}
