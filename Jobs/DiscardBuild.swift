import BuildStore
import Content
public import JobLifecycle
public import JobQueue
import ObjectStore
import Postgres
import Staging

/// After a version failed: removes what it left in staging and in the store.
///
/// Packs go in two steps, so that a build which counts on one of them at this moment keeps it, whatever is killed when.
/// The upload stays only where another run of it may succeed. Safe to repeat.
public struct DiscardBuild: Job {
    public static let kind: JobKind = "discard-build"
    public static let policy = JobPolicy(queue: "clean", retry: RetryPolicy(maxAttempts: 20), timeout: .seconds(1800))

    let version: VersionID
    let attempt: Int
}

struct DiscardBuildHandler: JobHandler {
    let builds: BuildStore
    let store: any ObjectStore
    let staging: StagingArea

    func perform(_ work: DiscardBuild, attempt: Attempt) async throws -> Outcome {
        guard let version = try await self.builds.version(work.version, in: self.builds.database) else {
            return .completed
        }
        let upload = try StoreLayout.upload(version.id, attempt: work.attempt, of: version.developer)
        guard version.attempt == work.attempt else {
            // A newer attempt has begun: all but the old upload is its own.
            try await self.store.delete([upload])
            return .completed
        }
        // Retried: the same attempt is being worked on again.
        guard version.status == .failed else { return .completed }
        try self.staging.remove(version.id)
        if version.failure?.retryable != true { try await self.store.delete([upload]) }
        try await self.builds.database.transaction { transaction in
            // Held, so that an attempt which begins now counts on its packs after they are condemned, or not at all.
            guard try await self.builds.holdFailed(version.id, attempt: work.attempt, in: transaction) else { return }
            try await self.builds.condemnPacks(of: version.id, in: transaction)
        }
        return .completed { transaction in
            guard try await self.builds.holdFailed(version.id, attempt: work.attempt, in: transaction) else { return }
            let keys = try await self.builds.deletePacks(of: version.id, in: transaction)
            // Under the lock of the rows: nobody can send a pack of the same name anew before it is gone.
            try await self.store.delete(try keys.map { try ObjectKey(validating: $0) })
        }
    }
}
