import BuildStore
import FoundationEssentials
import Games
public import JobLifecycle
public import JobQueue
import Logging
import ObjectStore
public import Postgres
import Releases

/// Removes from the store what nobody needs any more: objects of deleted versions and media, uploads that failed or never
/// came, packs that no version holds, and parts of patches that nobody makes any more.
///
/// Objects that were written down as garbage carry identifiers that are never used again, so they simply go. Packs are
/// shared and named by their content: they are condemned in one transaction and deleted in another, and a build that wants
/// one at any moment in between keeps it (`BuildStore+Garbage`). Safe to repeat and to run twice at once.
public struct CollectGarbage: Job {
    public static let kind: JobKind = "collect-garbage"
    public static let policy = JobPolicy(queue: "clean", retry: RetryPolicy(maxAttempts: 20), timeout: .seconds(1800))

    public init() {}

    /// Has garbage collected soon, if the transaction commits; one job is enough for everybody.
    public static func soon(on queue: JobQueue, in transaction: Transaction) async throws {
        try await queue.enqueue(CollectGarbage(), unique: "collect-garbage", in: transaction)
    }
}

struct CollectGarbageHandler: JobHandler {
    let builds: BuildStore
    let releases: Releases
    let library: MediaLibrary
    let store: any ObjectStore
    let retention: Retention

    private static let batch = 100
    /// Rounds of each kind in one attempt; what is left is for the next.
    private static let rounds = 1000

    func perform(_ work: CollectGarbage, attempt: Attempt) async throws -> Outcome {
        try await self.expire()
        let objects = try await self.repeating { try await self.removeObjects() }
        let condemned = try await self.repeating { try await self.builds.condemnUnheldPacks(limit: Self.batch) }
        let packs = try await self.repeating { try await self.removePacks() }
        let parts = try await self.removePatchParts()
        attempt.report { $0.itemsDone = Int64(objects + packs + parts) }
        Logger.current.info(
            "garbage collected",
            metadata: [
                "objects.count": "\(objects)", "packs.condemned": "\(condemned)", "packs.count": "\(packs)",
                "patch_parts.count": "\(parts)",
            ])
        return .completed
    }

    /// What stayed for its time has had it.
    private func expire() async throws {
        _ = try await self.repeating {
            try await self.releases.deleteFailed(
                olderThan: self.retention.failedVersions, limit: Self.batch, collecting: { _ in })
        }
        _ = try await self.repeating {
            try await self.builds.database.transaction { transaction in
                let keys = try await self.library.removeAbandoned(
                    after: self.retention.reservedMedia, in: transaction)
                try await self.builds.discard(objects: keys, in: transaction)
                return keys.count
            }
        }
        _ = try await self.repeating {
            try await self.builds.endDeadPatchBuilds(olderThan: self.retention.deadPatches, limit: Self.batch)
        }
        _ = try await self.repeating {
            try await self.builds.forgetPatchRuns(olderThan: self.retention.patchRuns, limit: Self.batch)
        }
    }

    /// Parts carry the number of their patch, which is in the making for as long as its row is there. They are found by
    /// listing, so that those are, too, which an attempt put that had lost its lease.
    private func removePatchParts() async throws -> Int {
        var sum = 0
        var last: ObjectKey?
        for _ in 0..<Self.rounds {
            try Task.checkCancellation()
            let keys = try await self.store.list(prefix: StoreLayout.patchParts, after: last, limit: 1000).map(\.key)
            guard let end = keys.last else { break }
            let live = try await self.builds.livePatchBuilds(
                among: Array(Set(keys.compactMap(StoreLayout.patchBuild(ofPart:)))))
            let dead = keys.filter { key in StoreLayout.patchBuild(ofPart: key).map { !live.contains($0) } ?? true }
            try await self.store.delete(dead)
            sum += dead.count
            last = end
        }
        let uploads = try await self.store.listMultipartUploads(prefix: StoreLayout.patches)
        let announced = try await self.builds.announcedPatches(among: uploads.map(\.key.text))
        for upload in uploads where !announced.contains(upload.key.text) {
            try await self.store.abortMultipart(upload.key, upload.id)
        }
        return sum
    }

    private func removeObjects() async throws -> Int {
        let garbage = try await self.builds.garbage(limit: Self.batch)
        guard !garbage.isEmpty else { return 0 }
        for object in garbage {
            guard let upload = object.storeUpload, let key = ObjectKey(object.key) else { continue }
            try await self.store.abortMultipart(key, MultipartUploadID(upload))
        }
        try await self.store.delete(Array(Set(garbage.compactMap { ObjectKey($0.key) })).sorted())
        try await self.builds.forget(garbage)
        return garbage.count
    }

    private func removePacks() async throws -> Int {
        try await self.builds.deleteCondemnedPacks(limit: Self.batch) { keys in
            // Under the lock of the rows: nobody can send a pack of the same name anew before it is gone.
            try await self.store.delete(try keys.map { try ObjectKey(validating: $0) })
        }
    }

    private func repeating(_ step: () async throws -> Int) async throws -> Int {
        var sum = 0
        for _ in 0..<Self.rounds {
            try Task.checkCancellation()
            let count = try await step()
            sum += count
            if count == 0 { break }
        }
        return sum
    }
}

/// How long what nobody needs stays all the same.
public struct Retention: Sendable {
    /// Versions whose upload or processing failed, and what they left.
    public var failedVersions: Duration
    /// Media files whose upload never came.
    public var reservedMedia: Duration
    /// Patches in the making that no job works on: until then a job that failed may be redriven.
    public var deadPatches: Duration
    /// What each attempt at a patch has cost; what all have cost together stays with the patch.
    public var patchRuns: Duration
    /// Rows of the audit log.
    public var auditLog: Duration

    public init(
        failedVersions: Duration = .seconds(7 * 86_400), reservedMedia: Duration = .seconds(86_400),
        deadPatches: Duration = .seconds(86_400), patchRuns: Duration = .seconds(30 * 86_400),
        auditLog: Duration = .seconds(5 * 366 * 86_400)
    ) {
        self.failedVersions = failedVersions
        self.reservedMedia = reservedMedia
        self.deadPatches = deadPatches
        self.patchRuns = patchRuns
        self.auditLog = auditLog
    }
}
