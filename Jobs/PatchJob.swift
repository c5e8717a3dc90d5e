import BuildStore
public import Content
import Delta
import FoundationEssentials
import JobLifecycle
import JobQueue
import Patching
import Postgres

/// A job towards the patch that brings one version to another.
public protocol PatchJob: BuildJob {
    /// The earlier version; ``BuildJob/version`` is the one that became ready, for which the patch is made.
    var other: VersionID { get }
    /// Whether the patch leads back from ``BuildJob/version`` to ``other``.
    var isRollback: Bool { get }
}

extension PatchJob {
    var from: VersionID { self.isRollback ? self.version : self.other }
    var to: VersionID { self.isRollback ? self.other : self.version }
}

/// A patch that cannot be made harms nobody: the version has been ready since before, and updates come by chunks.
protocol PatchJobHandler: JobHandler where Work: PatchJob {
    var builds: BuildStore { get }

    /// The job that planned the patch; nil where there is no such patch any more.
    func plan(of work: Work, attempt: Attempt) async throws -> JobID?

    /// Runs one attempt, whose processor time is told.
    func perform(_ work: Work, attempt: Attempt, meter: PatchMeter) async throws -> Outcome
}

extension PatchJobHandler {
    func perform(_ work: Work, attempt: Attempt) async throws -> Outcome {
        guard let plan = try await self.plan(of: work, attempt: attempt),
            let meter = try await PatchMeter(work, plan: plan, attempt: attempt, builds: self.builds)
        else { return .completed }
        return try await meter { try await self.perform(work, attempt: attempt, meter: meter) }
    }

    /// What was made of it stays for a day, for somebody who redrives the job.
    func abandon(_ work: Work, failure: Failure, in transaction: Transaction) async throws {
        try await self.builds.record(
            patchFrom: work.from, to: work.to, state: .failed, objectKey: nil, digest: nil, size: nil,
            chunkBytes: nil, rank: 0, summary: String(decoding: try JSONEncoder().encode(failure), as: UTF8.self),
            in: transaction)
    }

    /// Records that the update is left to chunks.
    func leaveToChunks(
        _ work: Work, _ report: PatchReport, because reason: PatchRecord.Reason, rank: Int, in transaction: Transaction
    ) async throws {
        try await self.builds.record(
            patchFrom: work.from, to: work.to, state: .notWorthIt, because: reason, objectKey: nil, digest: nil,
            size: report.summary?.size, chunkBytes: report.plan.chunkBytes, rank: rank, summary: try report.json(),
            in: transaction)
        try await self.builds.endPatchBuild(from: work.from, to: work.to, in: transaction)
    }
}
