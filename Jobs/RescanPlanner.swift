public import BuildStore
public import ClamAV
import Content
public import JobQueue
import Postgres

/// Has published versions looked at again when the signatures have changed.
public struct RescanPlanner: Sendable {
    private let builds: BuildStore
    private let queue: JobQueue

    /// Versions enqueued at a time: the newest first, the others when these are done.
    private static let batch = 100

    public init(builds: BuildStore, queue: JobQueue) {
        self.builds = builds
        self.queue = queue
    }

    /// Enqueues the next versions that this engine has not looked at; does nothing for those that are enqueued already.
    ///
    /// Meant to be called now and then, by any number of processes.
    ///
    /// - Returns: how many were enqueued.
    public func plan(for engine: ScanEngine) async throws -> Int {
        // The few signatures that come with the program would tell nothing new.
        guard !engine.isBundledSet else { return 0 }
        return try await self.builds.database.transaction { transaction in
            var count = 0
            let versions = try await self.builds.versionsToRescan(
                engine: engine.id, limit: Self.batch, in: transaction)
            for (version, developer) in versions {
                let job = try await self.queue.enqueue(
                    RescanBuild(version: version), unique: "rescan-build/\(version)",
                    scope: JobScope(id: nil, developer: developer, key: developer.description), in: transaction)
                if job != nil { count += 1 }
            }
            return count
        }
    }
}
