import BuildStore
import ClamAV
public import Content
public import JobLifecycle
import JobQueue
import Postgres

/// Third stage: decides what is left to do once all chunks are known.
///
/// Chunks the studio has stored already are counted on; the others are shared out among packs, in the order of the files.
/// Contents that this engine has found clean are not scanned again. Patches are planned against the versions players are
/// likely to have, and previews against all that they can have now; ``PlanUpdate`` adds what goes live later. Because it sees
/// all chunks at once, the same build gives the same packs whatever the workers did.
public struct PlanBuild: BuildJob {
    public static let kind: JobKind = "plan-build"
    public static let policy = JobPolicy(queue: "plan", retry: RetryPolicy(maxAttempts: 5), timeout: .seconds(1800))

    public let version: VersionID
}

struct PlanBuildHandler: BuildJobHandler {
    let pipeline: BuildPipeline
    let scanner: any MalwareScanner
    let patches: PatchPolicy

    private static let page = 2000
    private static let lookUp = 5000

    func perform(_ work: PlanBuild, attempt: Attempt) async throws -> Outcome {
        let version = try await self.pipeline.current(work.version)
        let survey = try await self.survey(version.id, attempt: attempt)
        let engine = await self.scanner.engine
        let patches = self.patches.within(try await self.pipeline.builds.patchBudget())
        let old = try await self.pipeline.builds.patchSources(for: version, limit: patches.versions)
        let live = try await self.pipeline.builds.liveVersions(besides: version)
        return .completed { transaction in
            let packs = try await self.planPacks(survey, version: version, in: transaction)
            let scans = try await self.planScans(survey, version: version, engine: engine, in: transaction)
            try await self.pipeline.queue.enqueue(
                self.graph(
                    for: version, packs: packs, scans: scans, old: old, live: live, rollbacks: patches.rollbacks),
                scope: self.pipeline.scope(of: version), in: transaction)
        }
    }

    private func survey(_ version: VersionID, attempt: Attempt) async throws -> BuildSurvey {
        let builds = self.pipeline.builds
        let count = try await builds.countFiles(of: version, in: builds.database)
        attempt.report { $0.itemsTotal = Int64(count) }
        var survey = BuildSurvey()
        for start in stride(from: 0, to: count, by: Self.page) {
            try Task.checkCancellation()
            let numbers = start..<min(start + Self.page, count)
            for file in try await builds.chunks(of: version, numbers: numbers, in: builds.database) {
                survey.add(file)
            }
            attempt.report { $0.itemsDone = Int64(numbers.upperBound) }
        }
        return survey
    }

    /// - Returns: how many packs there will be.
    private func planPacks(
        _ survey: BuildSurvey, version: VersionRecord, in transaction: Transaction
    ) async throws -> Int {
        let builds = self.pipeline.builds
        try await builds.forgetPackPlans(of: version.id, in: transaction)
        var planner = PackPlanner()
        for page in survey.chunks.pages(of: Self.lookUp) {
            let stored = try await builds.keepStored(
                Array(survey.chunks[page]), developer: version.developer, for: version.id, in: transaction)
            for place in page where !stored.contains(survey.chunks[place]) {
                guard let plan = planner.add(survey.chunk(at: place)) else { continue }
                try await builds.record(plan, of: version.id, in: transaction)
            }
        }
        if let plan = planner.finish() { try await builds.record(plan, of: version.id, in: transaction) }
        return planner.count
    }

    private func planScans(
        _ survey: BuildSurvey, version: VersionRecord, engine: ScanEngine, in transaction: Transaction
    ) async throws -> [ScanPlan] {
        var unseen: [(file: Int, size: Int64)] = []
        for page in survey.contents.pages(of: Self.lookUp) {
            let clean = try await self.pipeline.builds.clean(
                Array(survey.contents[page]), engine: engine.id, in: transaction)
            unseen += page.lazy.filter { !clean.contains(survey.contents[$0]) }.map { survey.content(at: $0) }
        }
        let plans = ScanPlanner.plan(unseen)
        try await self.pipeline.builds.record(
            plans, engine: engine.id, bundled: engine.isBundledSet, files: survey.files, bytes: survey.bytes,
            of: version.id, in: transaction)
        return plans
    }

    /// Scans and transfers run side by side; publishing waits for all of them, and patches never stand in its way.
    private func graph(
        for version: VersionRecord, packs: Int, scans: [ScanPlan], old: [VersionRecord], live: [VersionRecord],
        rollbacks: Int
    ) -> JobGraph {
        var graph = JobGraph()
        var parents = scans.map { graph.add(ScanFiles(version: version.id, batch: $0.number)) }
        parents += (0..<packs).map { graph.add(TransferChunks(version: version.id, pack: $0)) }
        parents.append(graph.add(ReviewBuild(version: version.id)))
        let publish = graph.add(PublishManifest(version: version.id), after: parents)
        var last = [publish]
        func addPatch(_ place: Int, _ other: VersionRecord, isRollback: Bool) {
            last.append(
                graph.addPatch(
                    to: version.id, from: other.id, place: place, isRollback: isRollback, after: [publish]))
        }
        for (place, other) in old.enumerated() { addPatch(place, other, isRollback: false) }
        for (place, other) in old.prefix(rollbacks).enumerated() { addPatch(place, other, isRollback: true) }
        let planned = Set(old.map(\.id))
        for earlier in old + live.filter({ !planned.contains($0.id) }) {
            last.append(graph.addPreview(of: version.id, from: earlier.id, whenReady: [publish]))
        }
        graph.add(ClearStaging(version: version.id, attempt: version.attempt), after: last, when: .ended)
        return graph
    }
}
