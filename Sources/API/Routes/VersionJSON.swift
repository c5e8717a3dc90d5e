import BuildStore
import Content
import FoundationEssentials
import JobQueue
import Storefront

/// Versions as JSON.
enum VersionJSON {
    /// What belongs to a version beside its own row.
    struct Parts {
        var stages: [JSONValue] = []
        var scan: ScanSummary?
        var review: ReviewRecord?
        var manifest: ManifestRecord?
        var upload: JSONValue = .null
    }

    static func version(_ version: VersionRecord, _ parts: Parts) -> JSONValue {
        [
            "version_id": .string(version.id.description), "game_id": .string(version.game.description),
            "version_string": .string(version.versionString), "status": .string(version.status.rawValue),
            "s3_path": .string(version.s3Path), "file_hash": .text(version.fileHash),
            "file_size": .integer(version.fileSize), "changelog": .text(version.changelog),
            "uploaded_at": .time(version.uploadedAt), "review_status": .string(version.reviewStatus),
            "attempt": .integer(version.attempt), "job_id": .text(version.job.map(String.init)),
            "manifest_digest": .text(version.manifestDigest?.description),
            "failure": FailureJSON.failure(version.failure), "created_at": .time(version.createdAt),
            "committed_at": .time(version.committedAt), "finished_at": .time(version.finishedAt),
            "stages": .array(parts.stages), "scan": parts.scan.map(self.scan) ?? .null,
            "review": parts.review.map(ScanReportJSON.summary) ?? .null,
            "content": parts.manifest.map(self.content) ?? .null, "upload": parts.upload,
            "provenance": version.provenance.flatMap { try? JSONParser.parse(Array($0.utf8)) } ?? .null,
        ]
    }

    /// The stage before all jobs: the bytes come in.
    ///
    /// - Parameter received: bytes that are here; nil when nobody has looked.
    static func receiving(_ version: VersionRecord, received: Int64?) -> JSONValue {
        let state: String
        switch version.status {
        case .uploading: state = "running"
        case .uploaded, .processing, .ready: state = "done"
        case .failed: state = version.committedAt == nil ? "failed" : "done"
        }
        let total = version.fileSize ?? 0
        return [
            "stage": "receive", "state": .string(state),
            "bytes_done": .integer(state == "done" ? total : received ?? 0),
            "bytes_total": .integer(total), "files_done": .integer(state == "done" ? 1 : 0), "files_total": 1,
            "jobs": 0,
            "jobs_done": 0, "started_at": .time(version.createdAt), "finished_at": .time(version.committedAt),
            "deadline_at": .null, "bytes_per_second": .null, "eta_at": .null, "attempt": .integer(version.attempt),
        ]
    }

    static func stage(_ stage: StageProgress, now: Date) -> JSONValue {
        let pace = StagePace(stage, now: now)
        return [
            "stage": .string(stage.stage), "state": .string(self.word(for: stage.state)),
            "bytes_done": .integer(stage.bytesDone), "bytes_total": .integer(stage.bytesTotal),
            "files_done": .integer(stage.itemsDone), "files_total": .integer(stage.itemsTotal),
            "jobs": .integer(stage.jobs), "jobs_done": .integer(stage.jobsDone), "started_at": .time(stage.startedAt),
            "finished_at": .time(stage.finishedAt), "deadline_at": .time(stage.deadlineAt),
            "bytes_per_second": pace.bytesPerSecond.map { .integer($0) } ?? .null, "eta_at": .time(pace.endsAt),
            "attempt": .integer(stage.attempt),
        ]
    }

    private static func word(for state: StageProgress.State) -> String {
        switch state {
        case .waiting: "waiting"
        case .running: "running"
        case .done: "done"
        case .failed: "failed"
        // What was cancelled because another stage failed did not fail itself.
        case .cancelled: "skipped"
        }
    }

    static func scan(_ scan: ScanSummary) -> JSONValue {
        [
            "engine": .string(scan.engine), "bundled_signatures": .bool(scan.bundled), "files": .integer(scan.files),
            "bytes": .integer(scan.bytes), "files_scanned": .integer(scan.filesScanned),
            "bytes_scanned": .integer(scan.bytesScanned), "finished_at": .time(scan.finishedAt),
            "rescanned_engine": .text(scan.rescannedEngine), "rescanned_at": .time(scan.rescannedAt),
        ]
    }

    private static func content(_ manifest: ManifestRecord) -> JSONValue {
        [
            "files": .integer(manifest.files), "bytes": .integer(manifest.contentSize),
            "chunks": .integer(manifest.chunks), "new_chunks": .integer(manifest.newChunks),
            "stored_bytes": .integer(manifest.storedSize), "new_bytes": .integer(manifest.newSize),
        ]
    }
}
