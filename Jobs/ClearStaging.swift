import BuildStore
public import Content
public import JobLifecycle
import JobQueue
import ObjectStore
import Postgres
import Staging

/// After a version is ready and its patches are made: removes its staging and the file that was uploaded.
///
/// The chunks hold all of it now. Safe to repeat.
public struct ClearStaging: BuildJob {
    public static let kind: JobKind = "clear-staging"
    public static let policy = JobPolicy(queue: "clean", retry: RetryPolicy(maxAttempts: 20), timeout: .seconds(1800))

    public let version: VersionID
    let attempt: Int
}

struct ClearStagingHandler: JobHandler {
    let builds: BuildStore
    let store: any ObjectStore
    let staging: StagingArea

    func perform(_ work: ClearStaging, attempt: Attempt) async throws -> Outcome {
        guard let version = try await self.builds.version(work.version, in: self.builds.database) else {
            return .completed
        }
        guard version.attempt == work.attempt, version.status == .ready else { return .completed }
        try self.staging.remove(version.id)
        try await self.store.delete([
            try StoreLayout.upload(version.id, attempt: work.attempt, of: version.developer)
        ])
        return .completed
    }
}
