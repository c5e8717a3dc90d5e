import BuildStore
import ClamAV
public import Content
public import JobLifecycle
import JobQueue
import ObjectStore
import Postgres
import Staging

/// Fourth stage, beside ``TransferChunks``: scans a batch of files for malware.
///
/// Each content is scanned whole, in a process of its own kind. `infected` fails the version, and so does `incomplete`
/// unless a waiver lets it pass: what was not looked at is not clean. The failure lists every such file of the batch, and
/// what is infected is kept as evidence. Verdicts are kept by content, so that a repeat scans only what is left.
public struct ScanFiles: BuildJob {
    public static let kind: JobKind = "scan-files"
    public static let policy = JobPolicy(
        queue: "scan", retry: RetryPolicy(maxAttempts: 5, base: .seconds(2)), timeout: .seconds(2 * 3600))

    public let version: VersionID
    let batch: Int
}

struct ScanFilesHandler: BuildJobHandler {
    let pipeline: BuildPipeline
    let store: any ObjectStore
    let staging: StagingArea
    let contents: ContentScan
    let quarantine: Quarantine
    let waivers: WaiverPolicy

    /// Files open, and handed to the scanner, at a time.
    private static let group = 128

    func perform(_ work: ScanFiles, attempt: Attempt) async throws -> Outcome {
        let version = try await self.pipeline.current(work.version)
        let builds = self.pipeline.builds
        guard let plan = try await builds.scanPlan(work.batch, of: version.id) else { return .completed }
        let engine = await self.contents.scanner.engine
        let staging = try self.staging.build(version.id)
        let files = try await builds.files(of: version.id, numbers: plan.files, in: builds.database)
        let known = try await builds.clean(files.compactMap(\.digest), engine: engine.id, in: builds.database)
        attempt.report { progress in
            progress.bytesTotal = plan.bytes
            progress.itemsTotal = Int64(files.count)
        }
        let scratch = try staging.scratch("scan-\(work.batch)")
        defer { try? scratch.remove() }
        let fetched = try staging.scratch("scanned-\(work.batch)")
        defer { try? fetched.remove() }
        let content = StagedContent(
            builds: builds, store: self.store, staging: staging, version: version, scratch: fetched)
        var found: [ScannedFile] = []
        do {
            for start in stride(from: 0, to: files.count, by: Self.group) {
                let group = files[start..<min(start + Self.group, files.count)]
                let unknown = group.filter { $0.digest.map { !known.contains($0) } ?? false }
                found += try await self.scan(unknown, of: version, in: content, scratch: scratch, engine: engine)
                attempt.report { progress in
                    progress.bytesDone += group.reduce(0) { $0 + $1.size }
                    progress.itemsDone += Int64(group.count)
                }
            }
        } catch {
            // What was found so far need not be looked for again.
            try await builds.record(found.map(\.record), engine: engine.id, in: builds.database)
            throw error
        }
        try await builds.record(found.map(\.record), engine: engine.id, in: builds.database)
        let waived = try await self.waivers.reasons(for: version.id)
        if let failure = ScanFindings(found, waived: waived).failure { throw BuildFailure(failure) }
        return .completed
    }

    private func scan(
        _ files: [FileRecord], of version: VersionRecord, in content: StagedContent, scratch: StagingScratch,
        engine: ScanEngine
    ) async throws -> [ScannedFile] {
        guard !files.isEmpty else { return [] }
        var subjects: [ScanSubject] = []
        for file in files { subjects.append(ScanSubject(path: file.path, source: try await content.open(file))) }
        let verdicts = try await self.contents.verdicts(of: subjects, membersIn: scratch)
        var found: [ScannedFile] = []
        for ((file, subject), verdict) in zip(zip(files, subjects), verdicts) {
            guard let digest = file.digest else { continue }
            found.append(ScannedFile(path: file.path, record: ScanRecord(digest: digest, verdict: verdict)))
            if case .infected(let signature, _) = verdict {
                try await self.quarantine.keep(
                    subject, digest: digest, signature: signature, engine: engine, of: version)
            }
        }
        return found
    }
}
