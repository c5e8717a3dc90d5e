import BuildStore
public import Content
import Inspection
public import JobLifecycle
import JobQueue
import ObjectStore
import Postgres
import Staging

/// Beside scans and transfers: writes down what a version brings that the last ready one did not have.
///
/// Malware has come into stores by updates of clean games, with nothing for a scanner to recognise: a new program, a
/// script, a packed library. Reading what came in is cheap, so a person sees it at a glance. The review judges nothing and
/// stops nothing. Safe to repeat: the latest review stands.
public struct ReviewBuild: BuildJob {
    public static let kind: JobKind = "review-build"
    public static let policy = JobPolicy(queue: "review", retry: RetryPolicy(maxAttempts: 5), timeout: .seconds(3600))

    public let version: VersionID
}

struct ReviewBuildHandler: BuildJobHandler {
    let pipeline: BuildPipeline
    let store: any ObjectStore
    let staging: StagingArea

    private static let page = 10_000

    func perform(_ work: ReviewBuild, attempt: Attempt) async throws -> Outcome {
        let version = try await self.pipeline.current(work.version)
        let builds = self.pipeline.builds
        let staging = try self.staging.build(version.id)
        let scratch = try staging.scratch("review")
        defer { try? scratch.remove() }
        let content = StagedContent(
            builds: builds, store: self.store, staging: staging, version: version, scratch: scratch)
        let base = try await builds.readyVersions(before: version, limit: 1).first
        var review = ChangeReview(after: try await self.review(of: base))
        var last = -1
        while true {
            let page = try await builds.arrivals(in: version.id, since: base?.id, after: last, limit: Self.page)
            guard let end = page.last else { break }
            for (file, isReplacement) in page {
                try Task.checkCancellation()
                let source = try await content.open(file)
                review.add(
                    file.path.text, size: file.size, try FileInspection.inspect(source, path: file.path),
                    isReplacement ? .changed : .added)
                attempt.report { progress in
                    progress.itemsDone += 1
                    progress.bytesDone += file.size
                }
            }
            last = end.file.number
        }
        let json = try review.report().json()
        return .completed { transaction in
            try await builds.record(review: json, of: version.id, against: base?.id, in: transaction)
        }
    }

    private func review(of base: VersionRecord?) async throws -> ReviewReport? {
        guard let base, let record = try await self.pipeline.builds.review(of: base.id) else { return nil }
        return try ReviewReport(json: record.json)
    }
}
