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

/// Makes some consecutive groups of a patch, and puts them into the store as one object.
///
/// Any number of these run at once, on any machine: what a group is made of was decided by ``PlanPatch``. When the parts that
/// are there are larger than the patch may be, or have taken more processor time, the others are not made. Safe to repeat: the
/// same groups give the same bytes, under the same key.
public struct EncodePatch: PatchJob {
    public static let kind: JobKind = "encode-patch"
    public static let policy = JobPolicy(
        queue: "patch", retry: RetryPolicy(maxAttempts: 5), timeout: .seconds(2 * 3600), priority: 11)

    public let version: VersionID
    public let other: VersionID
    public let isRollback: Bool
    let build: Int64
    let part: Int
}

struct EncodePatchHandler: PatchJobHandler {
    typealias Work = EncodePatch

    let builds: BuildStore
    let store: any ObjectStore
    let staging: StagingArea
    let key: Ed25519.VerifyingKey

    func plan(of work: EncodePatch, attempt: Attempt) async throws -> JobID? {
        try await self.builds.patchBuild(work.build).map { JobID(rawValue: $0.plan) }
    }

    func perform(_ work: EncodePatch, attempt: Attempt, meter: PatchMeter) async throws -> Outcome {
        guard let build = try await self.builds.patchBuild(work.build), build.state == .encoding,
            let terms = build.terms, let level = PatchLevel(rawValue: terms.level),
            let part = try await self.builds.patchPart(work.part, of: build.id), part.made == nil,
            let pair = try await PatchPair(work, builds: self.builds, store: self.store, key: self.key)
        else { return .completed }
        attempt.report { progress in
            progress.bytesTotal = part.bytes
            progress.itemsTotal = Int64(max(1, part.groups.count))
        }
        let scratch = try await PatchScratch.open(build.id, in: self.staging, builds: self.builds)
        let files = PatchFiles(
            pair, store: self.store, staging: self.staging, staged: work.version, scratch: scratch)
        let outline = try PatchOutline(files.targets, level: level, memory: ByteCount(terms.memory))
            .cut(at: terms.cuts.map { PatchCut(file: $0.file, offset: $0.offset) })
        guard part.groups.upperBound <= outline.count else { throw Self.changed(build) }
        let shared = terms.shared.map { PatchExtent(file: $0.file, offset: $0.offset, length: $0.length) }
        var needed = part.groups.reduce(into: (new: Set(shared.map(\.file)), old: Set<Int>())) { needed, group in
            let files = outline.files(of: group)
            needed.new.formUnion(files.new)
            needed.old.formUnion(files.old)
        }
        if part.groups.isEmpty { needed.old = outline.files.old }
        try await files.fetch(new: needed.new, old: needed.old)
        let encoder = try GroupEncoder(outline, shared: shared)
        let name = "part-\(part.number)-\(attempt.job)-\(attempt.number)"
        defer { try? scratch.remove(name) }
        guard
            let made = try await self.encode(part, by: encoder, of: build, into: scratch, name, attempt: attempt, meter)
        else { return .completed }
        let file = try scratch.open(name)
        _ = try await self.store.put(
            try StoreLayout.patchPart(part.number, of: build.id, developer: pair.new.version.developer),
            .file(path: file.reopenPath, range: 0..<file.size), digest: made.digest, condition: .always)
        withExtendedLifetime(file) {}
        return .completed { transaction in
            try await self.builds.record(made, part: part.number, of: build.id, in: transaction)
        }
    }

    /// - Returns: nil when the patch is not wanted any more.
    private func encode(
        _ part: PatchPart, by encoder: GroupEncoder, of build: PatchBuild, into scratch: StagingScratch, _ name: String,
        attempt: Attempt, _ meter: PatchMeter
    ) async throws -> PatchPart.Made? {
        try scratch.remove(name)
        var writer = PartWriter(try scratch.create(name))
        func report(_ made: EncodedGroup) {
            attempt.report { progress in
                progress.bytesDone += Int64(made.group.outputLength)
                progress.itemsDone += 1
            }
        }
        if part.groups.isEmpty, let made = try encoder.makeShared() {
            try writer.write(made)
            report(made)
        }
        for group in part.groups {
            try Task.checkCancellation()
            try await meter.tell()
            guard try await self.builds.wantsParts(build.id) else { return nil }
            let made = try encoder.make(group)
            try writer.write(made)
            report(made)
        }
        return writer.finish(isShared: part.groups.isEmpty)
    }

    private static func changed(_ build: PatchBuild) -> BuildFailure {
        BuildFailure(
            Failure(
                code: "patch-plan-changed", message: "the groups of patch \(build.id) are not those that were planned",
                retryable: false, hint: "another release of the program planned it; redrive the job that plans it"))
    }
}

/// Writes the payloads of a part one behind the other.
private struct PartWriter: ~Copyable {
    private var writer: StagedFileWriter
    private var hasher = SHA256Hasher()
    private var groups: [PatchGroup] = []

    init(_ writer: consuming StagedFileWriter) { self.writer = writer }

    mutating func write(_ made: EncodedGroup) throws {
        self.hasher.update(made.payload)
        try self.writer.write(made.payload.span)
        self.groups.append(made.group)
    }

    /// - Parameter isShared: whether what was written is for other groups.
    consuming func finish(isShared: Bool) -> PatchPart.Made {
        let groups = self.groups
        let index = isShared ? PatchIndex(shared: groups, groups: []) : PatchIndex(shared: [], groups: groups)
        let digest = self.hasher.finish()
        return PatchPart.Made(size: self.writer.close(), digest: digest, description: index.encoded())
    }
}
