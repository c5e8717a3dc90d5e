import BuildStore
public import Content
import Delta
import Digests
import FoundationEssentials
public import JobLifecycle
import JobQueue
import Metrics
import ObjectStore
import Patching
import Staging

/// After a version is ready: reads the files that cost an update most, old and new, and tells why they do.
///
/// Chunks alone cannot tell a pack whose small parts come in another order, or have a time beside each, from one that is all
/// new: ``PreviewUpdate`` says at once what chunks tell, and this says better. Nothing waits for it but the removal of what is
/// staged, and when it fails the reasons by chunks stay. It takes as much memory as a job that makes groups may, and begins no
/// file once it has taken as much processor time as a patch may; with little memory it sees less of large packs. Safe to
/// repeat.
public struct ExplainUpdate: PatchJob {
    public static let kind: JobKind = "explain-update"
    public static let policy = JobPolicy(
        queue: "patch", retry: RetryPolicy(maxAttempts: 2), timeout: .seconds(1800), priority: 9)

    public let version: VersionID
    public let other: VersionID
    public var isRollback: Bool { false }

    private enum CodingKeys: CodingKey { case version, other }
}

struct ExplainUpdateHandler: JobHandler {
    let pipeline: BuildPipeline
    let store: any ObjectStore
    let staging: StagingArea
    let key: Ed25519.VerifyingKey
    let policy: PatchPolicy

    /// Files that are read, the costliest first, and what one costs at least.
    private static let most = 16
    private static let least: Int64 = 1 << 20

    func perform(_ work: ExplainUpdate, attempt: Attempt) async throws -> Outcome {
        let builds = self.pipeline.builds
        guard let pair = try await PatchPair(work, builds: builds, store: self.store, key: self.key) else {
            return .completed
        }
        let policy = self.policy.within(try await builds.patchBudget())
        let changes = Self.costliest(pair.plan.changes)
        attempt.report { progress in
            progress.itemsTotal = Int64(changes.count)
            progress.bytesTotal = changes.reduce(0) { $0 + $1.size }
        }
        let scratch = try await self.scratch(of: attempt.job)
        defer { try? scratch.remove() }
        let files = PatchFiles(
            pair, store: self.store, staging: self.staging, staged: work.version, scratch: scratch)
        let targets = Dictionary(files.targets.map { ($0.file, $0) }, uniquingKeysWith: { first, _ in first })
        var reasons: [String: [String]] = [:]
        for change in changes {
            try Task.checkCancellation()
            if let most = policy.processorTime, attempt.processorTime > most { break }
            guard let target = targets[change.file] else { continue }
            let old = Dictionary(
                target.references.map { ($0.file, $0.source) }, uniquingKeysWith: { first, _ in first })
            try await files.fetch(new: [change.file], old: Set(old.keys))
            let explained = try ContentLook.explain(
                [change], memory: policy.memory, new: { _ in target.source }, old: { old[$0] ?? MemorySource([]) })
            for change in explained { reasons[change.path.text] = change.reasons.map(\.rawValue) }
            attempt.report { progress in
                progress.itemsDone += 1
                progress.bytesDone += change.size
            }
        }
        PatchMeter.counter(of: ExplainUpdate.kind).increment(by: attempt.processorTime / .seconds(1))
        let told = reasons
        guard !told.isEmpty || changes.isEmpty else { return .completed }
        return .completed { transaction in
            try await builds.record(reasons: told, from: work.other, to: work.version, in: transaction)
        }
    }

    private static func costliest(_ changes: [FileChange]) -> [FileChange] {
        let edited = changes.filter { change in
            guard case .edited = change.kind else { return false }
            return change.chunkBytes >= self.least
        }
        return Array(edited.sorted { ($1.chunkBytes, $0.path) < ($0.chunkBytes, $1.path) }.prefix(self.most))
    }

    /// A folder for what is fetched. Those of attempts that were killed here go with the next.
    private func scratch(of job: JobID) async throws -> StagingScratch {
        let prefix = "explain-"
        for name in try self.staging.scratches(prefix: prefix) {
            guard let other = Int64(name.dropFirst(prefix.count)), other != job.rawValue else { continue }
            let status = try await self.pipeline.queue.status(of: JobID(rawValue: other), developer: nil)
            if status?.state != .running { try self.staging.removeScratch(name) }
        }
        return try self.staging.scratch("\(prefix)\(job)")
    }
}
