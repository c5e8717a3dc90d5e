import BuildStore
public import Content
import Delta
public import JobLifecycle
import JobQueue

/// As soon as a build is hashed, long before it is ready: tells what an update to it would cost from an earlier version.
///
/// Reads chunk lists alone, so it takes seconds. Of chunks nobody has stored yet only the length is known, so the bytes are
/// what the update costs at most; the job that makes the patch tells them exactly later, and ``ExplainUpdate`` tells the reasons
/// that only the files themselves show. Safe to repeat.
public struct PreviewUpdate: BuildJob {
    public static let kind: JobKind = "preview-update"
    public static let policy = JobPolicy(
        queue: "patch", retry: RetryPolicy(maxAttempts: 3), timeout: .seconds(1800), priority: 5)

    public let version: VersionID
    /// The earlier one.
    let other: VersionID
}

struct PreviewUpdateHandler: JobHandler {
    let builds: BuildStore

    func perform(_ work: PreviewUpdate, attempt: Attempt) async throws -> Outcome {
        guard let new = try await self.builds.version(work.version, in: self.builds.database), new.status != .failed,
            let old = try await self.builds.version(work.other, in: self.builds.database), old.status == .ready
        else { return .completed }
        let survey = VersionSurvey(builds: self.builds)
        let contents = (old: try await survey.content(of: old), new: try await survey.content(of: new))
        let report = PatchReport(
            plan: PatchPlan(from: contents.old, to: contents.new),
            bytesByChunks: PatchPlan.bytesByChunks(from: contents.old, to: contents.new), summary: nil, isKept: false)
        let summary = try report.json()
        return .completed { transaction in
            try await self.builds.record(
                previewFrom: work.other, to: work.version, chunkBytes: report.plan.chunkBytes, summary: summary,
                in: transaction)
        }
    }
}
