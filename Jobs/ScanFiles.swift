import BuildStore
import ClamAV
public import Content
import FoundationEssentials
public import JobLifecycle
import JobQueue
import Logging
import Postgres
import Staging

/// Fourth stage, beside ``TransferChunks``: scans a batch of files for malware.
///
/// Each content is scanned whole, in a process of its own kind. `infected` fails the version, and so does `incomplete`:
/// what was not looked at is not clean. The failure lists every such file of the batch. Verdicts are kept by content, so
/// that a repeat scans only what is left.
public struct ScanFiles: BuildJob {
    public static let kind: JobKind = "scan-files"
    public static let policy = JobPolicy(
        queue: "scan", retry: RetryPolicy(maxAttempts: 5, base: .seconds(2)), timeout: .seconds(2 * 3600))

    public let version: VersionID
    let batch: Int
}

struct ScanFilesHandler: BuildJobHandler {
    let pipeline: BuildPipeline
    let staging: StagingArea
    let scanner: any MalwareScanner
    /// Reasons for which an operator lets a file pass though it was not looked at whole.
    let waivers: Set<IncompleteReason>

    /// A crash of the scanner costs one file one retry; a file that crashes it again and again is held back.
    private static let attemptsPerFile = 3

    func perform(_ work: ScanFiles, attempt: Attempt) async throws -> Outcome {
        let version = try await self.pipeline.current(work.version)
        let builds = self.pipeline.builds
        guard let plan = try await builds.scanPlan(work.batch, of: version.id) else { return .completed }
        let engine = await self.scanner.engine
        let staging = try self.staging.build(version.id)
        let files = try await builds.files(of: version.id, numbers: plan.files, in: builds.database)
        let known = try await builds.clean(files.compactMap(\.digest), engine: engine.id, in: builds.database)
        attempt.report { progress in
            progress.bytesTotal = plan.bytes
            progress.itemsTotal = Int64(files.count)
        }
        var verdicts: [(FileRecord, ScanRecord)] = []
        do {
            for file in files {
                guard let digest = file.digest else { continue }
                if !known.contains(digest) {
                    let verdict = try await self.scan(file, in: staging)
                    verdicts.append((file, ScanRecord(digest: digest, verdict: verdict)))
                }
                attempt.report { progress in
                    progress.bytesDone += file.size
                    progress.itemsDone += 1
                }
            }
        } catch {
            // What was found so far need not be looked for again.
            try await builds.record(verdicts.map(\.1), engine: engine.id, in: builds.database)
            throw error
        }
        try await builds.record(verdicts.map(\.1), engine: engine.id, in: builds.database)
        if let failure = self.failure(verdicts) { throw BuildFailure(failure) }
        return .completed
    }

    private func scan(_ file: FileRecord, in staging: BuildStaging) async throws -> ScanVerdict {
        let open = try staging.open(file.path)
        // Handed over as a descriptor: the scanner sees this one file and nothing else.
        let descriptor = open.source.withDescriptor { ScanSource.descriptor($0, name: file.path.text) }
        defer { withExtendedLifetime(open) {} }
        var attempts = 0
        while true {
            attempts += 1
            do throws(ScanError) {
                // A scan takes seconds for each hundred megabytes; the limit only ends what never would.
                let deadline = Duration.seconds(60 + file.size / 1_000_000)
                return try await self.scanner.scan(descriptor, size: file.size, deadline: deadline)
            } catch {
                try Task.checkCancellation()
                Logger.current.warning(
                    "a scan gave no verdict", metadata: ["file.path": "\(file.path)", "error": "\(error)"])
                guard error.isTransient, attempts < Self.attemptsPerFile else {
                    throw BuildFailure(Failure(error, path: file.path))
                }
            }
        }
    }

    private func failure(_ verdicts: [(FileRecord, ScanRecord)]) -> Failure? {
        let waived = Set(self.waivers.map(\.rawValue))
        let infected = verdicts.filter { $0.1.verdict == .infected }
        let incomplete = verdicts.filter { $0.1.verdict == .incomplete && !waived.contains($0.1.reason ?? "") }
        let bad = infected + incomplete
        guard let first = bad.first else { return nil }
        let problems = bad.prefix(100).map { file, record in
            Failure.Problem(
                code: record.verdict == .infected ? "malware-found" : "scan-incomplete", path: file.path.text,
                message: record.signature ?? record.reason ?? "")
        }
        guard infected.isEmpty else {
            return Failure(
                code: "malware-found", message: "\(first.0.path) contains \(first.1.signature ?? "malware")",
                retryable: false,
                hint:
                    "remove the file and look how it came into the build; if it is a false alarm, write to moderation",
                path: first.0.path.text, actual: first.1.signature, problems: problems)
        }
        return Failure(
            code: "scan-incomplete",
            message: "\(first.0.path) could not be scanned whole: \(first.1.reason ?? "unknown")",
            retryable: false, hint: "ship the file unpacked and unencrypted, or ask moderation for a waiver",
            path: first.0.path.text, actual: first.1.reason, problems: problems)
    }
}

extension ScanRecord {
    fileprivate init(digest: Digest, verdict: ScanVerdict) {
        switch verdict {
        case .clean(let covered):
            self.init(digest: digest, verdict: .clean, signature: nil, reason: nil, covered: covered)
        case .infected(let signature, let covered):
            self.init(digest: digest, verdict: .infected, signature: signature, reason: nil, covered: covered)
        case .incomplete(let reason, let covered):
            self.init(digest: digest, verdict: .incomplete, signature: nil, reason: reason.rawValue, covered: covered)
        }
    }
}

extension Failure {
    fileprivate init(_ error: ScanError, path: BuildPath) {
        self.init(
            code: "scan-failed", message: "\(path) could not be scanned: \(error)", retryable: error.isTransient,
            hint: "the operator finds more in the worker's log and by `slipway doctor`", path: path.text)
    }
}
