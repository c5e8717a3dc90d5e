import BuildStore
public import Content
import Delta
import Digests
import FoundationEssentials
public import JobLifecycle
import JobQueue
import NIOCore
import ObjectStore
import Patching
import Postgres
import Staging
import Threads

/// When all groups of a patch are made: puts them together to one object, and records it; its parts are removed then.
///
/// A patch that costs as much as the chunks it replaces, or for which there is no room beside those that are worth more, is not
/// kept; what the update costs is told in either case. Safe to repeat: the same parts give the same bytes.
public struct AssemblePatch: PatchJob {
    public static let kind: JobKind = "assemble-patch"
    public static let policy = JobPolicy(
        queue: "patch", retry: RetryPolicy(maxAttempts: 8), timeout: .seconds(2 * 3600), priority: 10)

    public let version: VersionID
    public let other: VersionID
    public let isRollback: Bool
}

struct AssemblePatchHandler: PatchJobHandler {
    typealias Work = AssemblePatch

    let pipeline: BuildPipeline
    let store: any ObjectStore
    let staging: StagingArea
    let key: Ed25519.VerifyingKey
    let policy: PatchPolicy
    /// Reads the file that is sent.
    private let threads = ThreadPool(name: "patch", threads: 1)

    var builds: BuildStore { self.pipeline.builds }

    /// None where the plan has left the update to chunks.
    func plan(of work: AssemblePatch, attempt: Attempt) async throws -> JobID? {
        try await self.builds.patchBuild(from: work.from, to: work.to).map { JobID(rawValue: $0.plan) }
    }

    func perform(_ work: AssemblePatch, attempt: Attempt, meter: PatchMeter) async throws -> Outcome {
        guard let build = try await self.builds.patchBuild(from: work.from, to: work.to) else { return .completed }
        guard let pair = try await PatchPair(work, builds: self.builds, store: self.store, key: self.key) else {
            return .completed { try await self.builds.endPatchBuild(from: work.from, to: work.to, in: $0) }
        }
        var report = pair.report
        guard build.state == .encoding else {
            return try self.end(work, build, report, because: self.reason(build, pair))
        }
        let parts = try await self.builds.patchParts(of: build.id)
        let assembly = try Self.assembly(of: parts, pair)
        report.summary = assembly.summary
        let policy = self.policy.within(try await self.builds.patchBudget())
        guard policy.isWorthIt(size: assembly.summary.size, replacing: pair.plan.chunkBytes) else {
            return try self.end(work, build, report, because: .chunksAreCheaper)
        }
        attempt.report { progress in
            progress.itemsTotal = Int64(parts.count)
        }
        let scratch = try await PatchScratch.open(build.id, in: self.staging, builds: self.builds)
        let whole = try await self.join(parts, of: build, assembly, pair, in: scratch, attempt: attempt)
        let key = try StoreLayout.patch(
            whole.digest, from: work.from, to: work.to, game: pair.new.version.game,
            developer: pair.new.version.developer, build: build.id)
        guard try await self.builds.announce(patch: key.text, of: build.id) else { return .completed }
        try await self.send(whole, to: key)
        report.isKept = true
        let summary = try report.json()
        let unkept = PatchReport(
            plan: report.plan, bytesByChunks: report.bytesByChunks, summary: report.summary, isKept: false)
        try PatchScratch.remove(build.id, in: self.staging)
        return .completed { transaction in
            let fits = try await self.builds.makeRoom(
                for: whole.source.size, rank: build.rank, from: work.from, to: work.to,
                within: policy.storage(of: pair.storedBytes), in: transaction)
            guard fits else {
                try await self.leaveToChunks(work, unkept, because: .noRoom, rank: build.rank, in: transaction)
                return try await CollectGarbage.soon(on: self.pipeline.queue, in: transaction)
            }
            try await self.builds.record(
                patchFrom: work.from, to: work.to, state: .ready, objectKey: key.text, digest: whole.digest,
                size: whole.source.size, chunkBytes: pair.plan.chunkBytes, rank: build.rank, summary: summary,
                in: transaction)
            try await self.builds.endPatchBuild(from: work.from, to: work.to, in: transaction)
            try await CollectGarbage.soon(on: self.pipeline.queue, in: transaction)
        }
    }

    /// Why a patch was stopped while it was being made.
    private func reason(_ build: PatchBuild, _ pair: PatchPair) -> PatchRecord.Reason {
        switch build.stoppedFor {
        case .processorTime: .processorTime
        case .size, nil: self.policy.reason(for: build.terms?.mostBytes ?? 0, replacing: pair.plan.chunkBytes)
        }
    }

    private func end(
        _ work: AssemblePatch, _ build: PatchBuild, _ report: PatchReport, because reason: PatchRecord.Reason
    ) throws -> Outcome {
        try PatchScratch.remove(build.id, in: self.staging)
        return .completed { transaction in
            try await self.leaveToChunks(work, report, because: reason, rank: build.rank, in: transaction)
            try await CollectGarbage.soon(on: self.pipeline.queue, in: transaction)
        }
    }

    private static func assembly(of parts: [PatchPart], _ pair: PatchPair) throws -> PatchAssembly {
        var shared: [PatchGroup] = []
        var groups: [PatchGroup] = []
        for part in parts {
            guard let made = part.made else {
                throw BuildFailure(
                    Failure(
                        code: "patch-part-missing", message: "part \(part.number) of the patch was not made",
                        retryable: true))
            }
            let index = try PatchIndex(
                made.description, payloads: 0..<made.size, sharedElsewhere: PatchLimits.shared)
            shared += index.shared
            groups += index.groups
        }
        return PatchAssembly(from: pair.old.digest, to: pair.new.digest, shared: shared, groups: groups)
    }

    private struct Whole: Sendable {
        let source: FileSource
        let digest: Digest
    }

    /// Writes the whole patch into scratch; each part is compared with what was made.
    private func join(
        _ parts: [PatchPart], of build: PatchBuild, _ assembly: PatchAssembly, _ pair: PatchPair,
        in scratch: StagingScratch, attempt: Attempt
    ) async throws -> Whole {
        let name = "whole-\(attempt.job)-\(attempt.number)"
        let room = try self.staging.reserve(ByteCount(assembly.summary.size))
        try scratch.remove(name)
        var writer = try scratch.create(name)
        var hasher = SHA256Hasher()
        hasher.update(assembly.header)
        try writer.write(assembly.header.span)
        for part in parts {
            let key = try StoreLayout.patchPart(part.number, of: build.id, developer: pair.new.version.developer)
            var own = SHA256Hasher()
            for try await buffer in try await self.store.get(key, range: nil) {
                let bytes = Array(buffer.readableBytesView)
                own.update(bytes)
                hasher.update(bytes)
                try writer.write(bytes.span)
            }
            guard own.finish() == part.made?.digest else {
                throw BuildFailure(
                    Failure(
                        code: "object-damaged", message: "the store gave other bytes for \(key)", retryable: true,
                        hint: "check the store's disks"))
            }
            attempt.report { $0.itemsDone += 1 }
        }
        hasher.update(assembly.ending)
        try writer.write(assembly.ending.span)
        writer.close()
        _ = consume room
        return Whole(source: try scratch.open(name), digest: hasher.finish())
    }

    private func send(_ whole: Whole, to key: ObjectKey) async throws {
        // What an attempt that was killed had begun to send.
        for upload in try await self.store.listMultipartUploads(prefix: key.text) {
            try await self.store.abortMultipart(upload.key, upload.id)
        }
        let transfer = FileTransfer(store: self.store, pool: self.threads, maximumInFlight: 4)
        _ = try await transfer.upload(
            key, file: whole.source.reopenPath, digest: whole.digest, condition: .always, resuming: .none,
            progress: { _ in })
    }
}
