import BuildStore
public import Content
import Digests
import FoundationEssentials
public import JobLifecycle
import JobQueue
import Logging
import ManifestSigning
import ObjectStore
import Patching
import Postgres
import Staging

/// After a version is ready: makes the patch that brings an earlier version to it.
///
/// The new files are read from staging, the old ones from their packs. A patch that costs as much as the chunks it replaces
/// is not kept. One that cannot be made harms nobody: the version has been ready since before. Safe to repeat: the same
/// versions give the same bytes.
public struct MakePatch: BuildJob {
    public static let kind: JobKind = "make-patch"
    public static let policy = JobPolicy(
        queue: "patch", retry: RetryPolicy(maxAttempts: 3), timeout: .seconds(6 * 3600), priority: 10)

    public let version: VersionID
    let from: VersionID
}

struct MakePatchHandler: JobHandler {
    let builds: BuildStore
    let store: any ObjectStore
    let staging: StagingArea
    let key: Ed25519.VerifyingKey
    let policy: PatchPolicy

    func perform(_ work: MakePatch, attempt: Attempt) async throws -> Outcome {
        guard let new = try await self.builds.version(work.version, in: self.builds.database), new.status == .ready,
            let old = try await self.builds.version(work.from, in: self.builds.database), old.status == .ready
        else { return .completed }
        let (newManifest, newDigest) = try await self.manifest(of: new)
        let (oldManifest, oldDigest) = try await self.manifest(of: old)
        let plan = PatchPlanner(from: oldManifest, to: newManifest)
        guard !plan.targets.isEmpty else { return self.notWorthIt(work, size: nil, plan: plan) }
        let staging = try self.staging.build(new.id)
        let scratch = try staging.scratch("patch-\(old.id)")
        defer { try? scratch.remove() }
        let stored = StoredContent(manifest: oldManifest, developer: old.developer, store: self.store)
        let targets = try await self.targets(
            plan, manifest: newManifest, staging: staging, old: stored, scratch: scratch)
        attempt.report { progress in
            progress.bytesTotal = targets.reduce(0) { $0 + $1.source.size }
            progress.itemsTotal = Int64(targets.count)
        }
        let made = try self.encode(targets, from: oldDigest, to: newDigest, into: scratch, attempt: attempt)
        guard Double(made.source.size) <= self.policy.worthwhile * Double(plan.chunkBytes) else {
            return self.notWorthIt(work, size: made.source.size, plan: plan)
        }
        let key = try StoreLayout.patch(
            made.digest, from: old.id, to: new.id, game: new.game, developer: new.developer)
        _ = try await self.store.put(
            key, .file(path: made.source.reopenPath, range: 0..<made.source.size), digest: made.digest, condition: .always)
        attempt.report { $0.itemsDone = $0.itemsTotal }
        return .completed { transaction in
            try await self.builds.record(
                patchFrom: work.from, to: work.version, state: .ready, objectKey: key.text, digest: made.digest,
                size: made.source.size, chunkBytes: plan.chunkBytes, summary: made.summary, in: transaction)
        }
    }

    func abandon(_ work: MakePatch, failure: Failure, in transaction: Transaction) async throws {
        try await self.builds.record(
            patchFrom: work.from, to: work.version, state: .failed, objectKey: nil, digest: nil, size: nil,
            chunkBytes: nil, summary: String(decoding: try JSONEncoder().encode(failure), as: UTF8.self),
            in: transaction)
    }

    private func notWorthIt(_ work: MakePatch, size: Int64?, plan: PatchPlanner) -> Outcome {
        .completed { transaction in
            try await self.builds.record(
                patchFrom: work.from, to: work.version, state: .notWorthIt, objectKey: nil, digest: nil, size: size,
                chunkBytes: plan.chunkBytes, summary: nil, in: transaction)
        }
    }

    private func manifest(of version: VersionRecord) async throws -> (Manifest, Digest) {
        let key = try ObjectKey(validating: version.s3Path)
        let bytes = try await self.store.read(key, range: nil, limit: .gibibytes(2))
        return try ManifestEnvelope.open(bytes, trusting: [self.key])
    }

    private func targets(
        _ plan: PatchPlanner, manifest: Manifest, staging: BuildStaging, old: StoredContent, scratch: StagingScratch
    ) async throws -> [PatchTarget] {
        var references: [Int: PatchReference] = [:]
        for file in Set(plan.targets.flatMap(\.references)).sorted() {
            guard case .file(let size, _, _, _) = old.manifest.entries[file].content else { continue }
            var writer = try scratch.create("old-\(file)")
            try await old.write(file, into: &writer)
            guard writer.close() == size else { continue }
            references[file] = PatchReference(file: file, source: try scratch.open("old-\(file)"))
        }
        return try plan.targets.map { target in
            PatchTarget(
                file: target.file, source: try staging.open(manifest.entries[target.file].path),
                references: target.references.compactMap { references[$0] })
        }
    }

    private struct Made: Sendable {
        let source: FileSource
        let digest: Digest
        let summary: String
    }

    private func encode(
        _ targets: [PatchTarget], from old: Digest, to new: Digest, into scratch: StagingScratch, attempt: Attempt
    ) throws -> Made {
        let encoder = PatchEncoder(
            from: old, to: new, level: self.policy.level, memory: self.policy.memory, threads: self.policy.threads)
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
        return Made(source: try scratch.open("patch"), digest: hasher.finish(), summary: try summary.json())
    }
}

extension PatchSummary {
    /// What operators and previews read.
    fileprivate func json() throws -> String {
        struct Summary: Encodable {
            let groups: Int
            let methods: [String: Int]
            let bytes_read: Int64
            let bytes_written: Int64
        }
        let methods = Dictionary(
            uniqueKeysWithValues: self.methodCounts.map { ("\($0.key)", $0.value) })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let summary = Summary(
            groups: self.groups.count, methods: methods, bytes_read: self.bytesRead, bytes_written: self.bytesWritten)
        return String(decoding: try encoder.encode(summary), as: UTF8.self)
    }
}
