public import BuildStore
public import Content
public import JobLifecycle
import JobQueue
public import Postgres
import Storefront

/// After a version has gone live: sees to the update from it to a version that is not out yet, where nobody has.
///
/// A build plans the updates from what is live while it is processed. What goes live later, as a correction does while the next
/// release waits for its day, is what players will have then: its update costs too, and may be limited by a submission. Waits
/// while the version is processed. Safe to repeat.
public struct PlanUpdate: BuildJob {
    public static let kind: JobKind = "plan-update"
    public static let policy = JobPolicy(
        queue: "patch", retry: RetryPolicy(maxAttempts: 3), timeout: .seconds(60), priority: 5)

    /// Not out yet.
    public let version: VersionID
    /// Live.
    let other: VersionID
    /// Of ``version`` among those that are not out yet; 0 for the newest.
    let place: Int

    /// Enqueues a job for each version that may follow, in the transaction in which `live` goes live.
    public static func enqueue(
        from live: VersionRecord, by pipeline: BuildPipeline, in transaction: Transaction
    ) async throws {
        for (place, version) in try await pipeline.builds.awaitedUpdates(from: live, in: transaction).enumerated() {
            try await pipeline.queue.enqueue(
                PlanUpdate(version: version.id, other: live.id, place: place),
                unique: "plan-update:\(version.id):\(live.id)", scope: pipeline.scope(of: version), in: transaction)
        }
    }
}

struct PlanUpdateHandler: JobHandler {
    let pipeline: BuildPipeline
    let patches: PatchPolicy

    func perform(_ work: PlanUpdate, attempt: Attempt) async throws -> Outcome {
        let builds = self.pipeline.builds
        guard let new = try await builds.version(work.version, in: builds.database),
            let old = try await builds.version(work.other, in: builds.database), old.status == .ready
        else { return .completed }
        if new.status == .processing { return .snoozed(for: .seconds(30)) }
        guard new.status == .ready, try await builds.preview(from: old.id, to: new.id, in: builds.database) == nil
        else {
            return .completed
        }
        let graph = self.graph(
            for: new, from: old, place: work.place, within: self.patches.within(try await builds.patchBudget()))
        return .completed { transaction in
            try await self.pipeline.queue.enqueue(graph, scope: self.pipeline.scope(of: new), in: transaction)
        }
    }

    /// Patches are made to the newest versions alone, and to none that the live one has overtaken before it was handed in.
    private func graph(
        for new: VersionRecord, from old: VersionRecord, place: Int, within policy: PatchPolicy
    ) -> JobGraph {
        var graph = JobGraph()
        let isOvertaken = new.createdAt < old.createdAt && new.reviewStatus == ReviewStatus.notSubmitted.rawValue
        if place < policy.versions, !isOvertaken {
            // What is live is the likeliest.
            _ = graph.addPatch(to: new.id, from: old.id, place: 0, isRollback: false, after: [])
            if policy.rollbacks > 0 {
                _ = graph.addPatch(to: new.id, from: old.id, place: 0, isRollback: true, after: [])
            }
        }
        _ = graph.addPreview(of: new.id, from: old.id, whenReady: [])
        return graph
    }
}
