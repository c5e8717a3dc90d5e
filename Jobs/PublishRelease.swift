import Content
import FoundationEssentials
public import JobLifecycle
public import JobQueue
public import Postgres
public import Releases

/// At the time a company set: publishes a version.
///
/// What is due is decided by the database's clock. A publication that was called off or replaced meanwhile is none any
/// more; one that the rules no longer allow fails, and the company hears why.
public struct PublishRelease: Job {
    public static let kind: JobKind = "publish-release"
    public static let policy = JobPolicy(queue: "releases", retry: RetryPolicy(maxAttempts: 20), timeout: .seconds(60))

    let publication: PublicationID

    /// Enqueues the job for its time, in the transaction that schedules the publication.
    public static func schedule(
        _ publication: ScheduledPublication, after delay: Duration, on queue: JobQueue, in transaction: Transaction
    ) async throws {
        try await queue.enqueue(
            PublishRelease(publication: publication.id),
            scope: JobScope(id: publication.id.uuid, developer: publication.developer), delay: delay, in: transaction)
    }
}

struct PublishReleaseHandler: JobHandler {
    let releases: Releases

    func perform(_ work: PublishRelease, attempt: Attempt) async throws -> Outcome {
        guard let rest = try await self.releases.publishDue(work.publication) else { return .completed }
        return .snoozed(for: rest)
    }
}
