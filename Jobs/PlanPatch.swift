import BuildStore
public import Content
import Delta
import Digests
public import JobLifecycle
import JobQueue
import ObjectStore
import Patching
import Postgres
import Staging

/// After a version is ready: decides what the patch from an earlier version to it, or back, is made of, and by how many jobs.
///
/// Files are cut into groups by their sizes, and the new files are read once for what several groups have in common; nothing is
/// matched or compressed yet. Goes on with ``EncodePatch`` for batches of groups; ``AssemblePatch`` waits for all of them. Where
/// even the least that a patch can take is more than it may, the update is left to chunks at once. Safe to repeat.
public struct PlanPatch: PatchJob {
    public static let kind: JobKind = "plan-patch"
    /// What was begun is ended before another patch is.
    public static let policy = JobPolicy(
        queue: "patch", retry: RetryPolicy(maxAttempts: 3), timeout: .seconds(2 * 3600), priority: 12)

    public let version: VersionID
    public let other: VersionID
    public let isRollback: Bool
    /// What the patch is worth among those to the same version; smaller is more.
    let rank: Int
}

struct PlanPatchHandler: PatchJobHandler {
    typealias Work = PlanPatch

    let pipeline: BuildPipeline
    let store: any ObjectStore
    let staging: StagingArea
    let key: Ed25519.VerifyingKey
    let policy: PatchPolicy
    /// New bytes of a job.
    var batch = PatchBatches.target

    var builds: BuildStore { self.pipeline.builds }

    func plan(of work: PlanPatch, attempt: Attempt) async throws -> JobID? { attempt.job }

    func perform(_ work: PlanPatch, attempt: Attempt, meter: PatchMeter) async throws -> Outcome {
        guard let pair = try await PatchPair(work, builds: self.builds, store: self.store, key: self.key) else {
            return .completed
        }
        let policy = self.policy.within(try await self.builds.patchBudget())
        let most = policy.mostBytes(
            replacing: pair.plan.chunkBytes, stored: pair.storedBytes,
            others: try await self.builds.patchBytes(to: work.to, rankedBefore: work.rank, besides: work.from))
        guard !pair.plan.targets.isEmpty else { return self.leftToChunks(work, pair, because: .nothingToPatch) }
        guard let level = try await self.level(for: pair.targetBytes, by: policy, attempt: attempt) else {
            return self.leftToChunks(work, pair, because: .processorTime)
        }
        let build = try await self.builds.beginPatch(
            from: work.from, to: work.to, for: work.version, plan: attempt.job.rawValue, rank: work.rank)
        let scratch = try await PatchScratch.open(build, in: self.staging, builds: self.builds)
        let files = PatchFiles(
            pair, store: self.store, staging: self.staging, staged: work.version, scratch: scratch)
        let uncut = try PatchOutline(files.targets, level: level, memory: policy.memory)
        guard PatchAssembly.leastSize(groups: uncut.count) <= most else {
            try PatchScratch.remove(build, in: self.staging)
            return self.leftToChunks(
                work, pair, because: policy.reason(for: most, replacing: pair.plan.chunkBytes))
        }
        try await files.fetch(new: uncut.archives, old: [])
        let cuts = try uncut.memberCuts()
        let outline = try uncut.cut(at: cuts)
        attempt.report { $0.itemsTotal = Int64(outline.count) }
        var shared: [PatchExtent] = []
        if outline.mayShare {
            try await files.fetch(new: outline.files.new, old: outline.files.old)
            shared = try outline.sharedExtents(isCancelled: { Task.isCancelled })
        }
        attempt.report { $0.itemsDone = $0.itemsTotal }
        let parts = PatchBatches.cut(
            outline, shared: shared.reduce(0) { $0 + Int64($1.length) }, target: self.batch)
        let terms = PatchBuild.Terms(
            level: level.rawValue, memory: policy.memory.bytes, mostBytes: most,
            mostTime: policy.processorTime,
            cuts: cuts.map { PatchBuild.Cut(file: $0.file, offset: $0.offset) },
            shared: shared.map { PatchBuild.Run(file: $0.file, offset: $0.offset, length: $0.length) })
        return .completed { transaction in
            guard try await self.builds.plan(build, by: terms, parts: parts, in: transaction) else { return }
            var graph = JobGraph()
            for part in parts {
                graph.add(
                    EncodePatch(
                        version: work.version, other: work.other, isRollback: work.isRollback, build: build,
                        part: part.number))
            }
            try await self.pipeline.queue.enqueue(
                graph, continuing: attempt.job, scope: self.pipeline.scope(of: pair.version(of: work)),
                in: transaction)
        }
    }

    /// What earlier attempts have taken is not there to be spent again.
    private func level(for bytes: Int64, by policy: PatchPolicy, attempt: Attempt) async throws -> PatchLevel? {
        policy.level(
            for: bytes, after: try await self.builds.patchTime(plan: attempt.job.rawValue),
            at: PatchPaces(try await self.builds.patchPaces(of: PatchLevel.allCases.map(\.rawValue))))
    }

    private func leftToChunks(_ work: PlanPatch, _ pair: PatchPair, because reason: PatchRecord.Reason) -> Outcome {
        .completed { transaction in
            try await self.leaveToChunks(work, pair.report, because: reason, rank: work.rank, in: transaction)
        }
    }
}
