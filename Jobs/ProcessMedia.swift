import BuildStore
import ClamAV
import Content
import Digests
import FoundationEssentials
public import Games
public import JobLifecycle
public import JobQueue
import Logging
import MediaFiles
import ObjectStore
import Platform
import Postgres
import Releases
import Staging
import Storefront

/// After a media file arrived: checks what it really is, takes out what is nobody's business, scans it, and links it into
/// the store page.
///
/// What is written into the store is named by its content, below a prefix of the file's own, so that a repeat writes the
/// same again and nothing is left of a file that was deleted meanwhile.
public struct ProcessMedia: Job {
    public static let kind: JobKind = "process-media"
    public static let policy = JobPolicy(queue: "media", retry: RetryPolicy(maxAttempts: 5), timeout: .seconds(1800))

    let media: MediaID
    let game: GameID
    let developer: DeveloperID

    public init(_ media: MediaRecord) {
        self.media = media.id
        self.game = media.game
        self.developer = media.developer
    }
}

struct ProcessMediaHandler: JobHandler {
    let library: MediaLibrary
    let builds: BuildStore
    let releases: Releases
    let store: any ObjectStore
    let staging: StagingArea
    let scanner: any MalwareScanner
    let limits: PixelLimits

    func perform(_ work: ProcessMedia, attempt: Attempt) async throws -> Outcome {
        guard let media = try await self.library.begin(work.media) else { return try await self.clear(work) }
        let upload = try await UploadedMedia.open(media, store: self.store, staging: self.staging)
        defer { upload.remove(from: self.staging) }
        attempt.report { progress in
            (progress.bytesTotal, progress.itemsTotal) = (upload.source.size, 1)
        }
        let cleaned = try MediaCleaning(limits: self.limits).clean(media, upload.source)
        try await self.scan(upload, of: media)
        let (file, key) = try await self.write(cleaned, upload, of: media)
        attempt.report { progress in
            (progress.bytesDone, progress.itemsDone) = (progress.bytesTotal, 1)
        }
        return .completed { transaction in
            guard try await self.library.finish(media, file, in: transaction) else {
                // Deleted while it was processed: the row knows nothing of the file, so it goes here.
                return try await self.builds.discard(objects: [key.text, media.uploadKey], in: transaction)
            }
            try await self.builds.discard(objects: [media.uploadKey], in: transaction)
            try await self.releases.tellListingChanged(media.game, of: media.developer, in: transaction)
        }
    }

    func abandon(_ work: ProcessMedia, failure: Failure, in transaction: Transaction) async throws {
        let text = String(decoding: try JSONEncoder().encode(failure), as: UTF8.self)
        let json = try JSONParser.parse(Array(text.utf8))
        guard try await self.library.fail(work.media, because: json, in: transaction) else { return }
        if let media = try await self.library.media(work.media, in: transaction) {
            try await self.builds.discard(objects: [media.uploadKey], in: transaction)
        }
    }

    /// Scans what arrived, not what is left of it: malware is a reason to refuse all of it.
    private func scan(_ upload: UploadedMedia, of media: MediaRecord) async throws {
        let source = upload.source.withDescriptor { ScanSource.descriptor($0, name: media.fileName) }
        defer { withExtendedLifetime(upload) {} }
        let verdict: ScanVerdict
        do throws(ScanError) {
            let deadline = Duration.seconds(60 + upload.source.size / 1_000_000)
            verdict = try await self.scanner.scan(source, size: upload.source.size, deadline: deadline)
        } catch {
            Logger.current.warning(
                "a scan gave no verdict", metadata: ["media.id": "\(media.id)", "error": "\(error)"])
            throw BuildFailure(
                Failure(code: "scan-failed", message: "the file could not be scanned", retryable: error.isTransient))
        }
        switch verdict {
        case .clean: return
        case .infected(let signature, _):
            throw BuildFailure(
                Failure(
                    code: "malware-found", message: "the file contains \(signature)", retryable: false,
                    hint: "look how it came into the file; if it is a false alarm, write to moderation",
                    actual: signature))
        case .incomplete(let reason, _):
            // Of a film only the container was looked into, window by window; that is all there is to it.
            guard reason == .windows, media.format.isVideo else {
                throw BuildFailure(
                    Failure(
                        code: "scan-incomplete", message: "the file could not be scanned whole", retryable: false,
                        hint: "send it smaller, unpacked and unencrypted", actual: reason.rawValue))
            }
        }
    }

    private func write(
        _ cleaned: CleanedMedia, _ upload: UploadedMedia, of media: MediaRecord
    ) async throws -> (MediaFile, ObjectKey) {
        let digest: Digest
        let body: ObjectBody
        switch cleaned.content {
        case .bytes(let bytes):
            digest = Digest.sha256(of: bytes)
            body = .bytes(bytes)
        case .asUploaded:
            digest = try upload.digest()
            body = .file(path: upload.path, range: 0..<upload.source.size)
        }
        let key = try StoreLayout.media(digest, of: media)
        let info = try await self.store.put(key, body, digest: digest, condition: .always)
        let file = MediaFile(
            objectKey: key.text, digest: digest, size: info.size, width: cleaned.size?.width,
            height: cleaned.size?.height)
        return (file, key)
    }

    /// There is nothing to do; of a file that was deleted, an attempt that died may have left an object.
    private func clear(_ work: ProcessMedia) async throws -> Outcome {
        guard try await self.library.media(work.media, in: self.builds.database) == nil else { return .completed }
        let prefix = StoreLayout.mediaPrefix(work.media, game: work.game, developer: work.developer)
        let left = try await self.store.list(prefix: prefix, after: nil, limit: 100)
        try await self.store.delete(left.map(\.key))
        return .completed
    }
}
