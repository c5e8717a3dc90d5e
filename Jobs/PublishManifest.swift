import BuildStore
public import Content
import Digests
import FoundationEssentials
public import JobLifecycle
import JobQueue
import ManifestSigning
import ObjectStore
import Postgres

/// Last stage before `ready`: checks that everything is there and clean, and publishes the signed manifest.
///
/// The manifest is canonical, so a repeat publishes the same bytes. The version becomes ready, and the event that says so
/// is written, in the transaction that ends the job.
public struct PublishManifest: BuildJob {
    public static let kind: JobKind = "publish-manifest"
    public static let policy = JobPolicy(queue: "publish", retry: RetryPolicy(maxAttempts: 8), timeout: .seconds(1800))

    public let version: VersionID
}

struct PublishManifestHandler: BuildJobHandler {
    let pipeline: BuildPipeline
    let store: any ObjectStore
    let waivers: WaiverPolicy
    let signingKey: Ed25519.SigningKey

    func perform(_ work: PublishManifest, attempt: Attempt) async throws -> Outcome {
        let version = try await self.pipeline.current(work.version)
        try await self.requireClean(version)
        let built = try await ManifestBuilder(builds: self.pipeline.builds).build(version)
        try await self.requireStored(built.packs, attempt: attempt)
        let sealed = try ManifestEnvelope.seal(payload: built.payload, with: self.signingKey)
        let key = try StoreLayout.manifest(
            sealed.digest, of: version.id, game: version.game, developer: version.developer)
        let object = Digest.sha256(of: sealed.bytes)
        _ = try await self.store.put(key, .bytes(sealed.bytes), digest: object, condition: .always)
        let record = ManifestRecord(
            digest: sealed.digest, objectKey: key.text, size: Int64(sealed.bytes.count), files: built.files,
            contentSize: built.contentSize, chunks: built.chunks, newChunks: built.newChunks,
            storedSize: built.storedSize, newSize: built.newSize, publishedAt: Date())
        return .completed { transaction in
            try await self.pipeline.builds.finishScan(of: version.id, in: transaction)
            guard try await self.pipeline.builds.publish(record, of: version.id, in: transaction) else {
                throw VersionClosed(version: version.id, status: "closed")
            }
            try await self.pipeline.events.tell(
                "version.ready", of: version, VersionReady(version, manifest: record), in: transaction)
        }
    }

    private func requireClean(_ version: VersionRecord) async throws {
        let builds = self.pipeline.builds
        guard let scan = try await builds.scan(of: version.id) else {
            throw BuildFailure(
                Failure(code: "scan-incomplete", message: "the build was not scanned", retryable: false))
        }
        let waived = try await self.waivers.reasons(for: version.id)
        let missing = try await builds.notClean(
            of: version.id, engine: scan.engine, since: version.committedAt, waiving: waived.sorted(), limit: 100)
        guard let first = missing.first else { return }
        throw BuildFailure(
            Failure(
                code: "scan-incomplete", message: "\(first.path) has no clean verdict", retryable: false,
                path: first.path.text,
                problems: missing.map {
                    Failure.Problem(code: "scan-incomplete", path: $0.path.text, message: "no clean verdict")
                }))
    }

    /// Asks the store for each pack; what the database believes is not enough to publish on.
    private func requireStored(_ packs: [PackRecord], attempt: Attempt) async throws {
        attempt.report { $0.itemsTotal = Int64(packs.count) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, pack) in packs.enumerated() {
                if index >= 16 { try await group.next() }
                group.addTask {
                    let key = try ObjectKey(validating: pack.objectKey)
                    let info = try await self.store.head(key)
                    guard info?.size == pack.size else {
                        throw BuildFailure(
                            Failure(
                                code: "object-missing", message: "the store does not have \(key) whole",
                                retryable: true,
                                hint: "check the store; retry the version when it is well",
                                expected: "\(pack.size)", actual: info.map { "\($0.size)" }))
                    }
                    attempt.report { $0.itemsDone += 1 }
                }
            }
            try await group.waitForAll()
        }
    }
}

/// The data of `version.ready`: what the Download Service needs to serve it.
private struct VersionReady: Encodable {
    let gameId: GameID
    let versionId: VersionID
    let versionString: String
    let s3Path: String
    let manifestDigest: Digest
    let fileHash: String?
    let fileSize: Int64?
    let contentSize: Int64
    let files: Int

    init(_ version: VersionRecord, manifest: ManifestRecord) {
        self.gameId = version.game
        self.versionId = version.id
        self.versionString = version.versionString
        self.s3Path = manifest.objectKey
        self.manifestDigest = manifest.digest
        self.fileHash = version.fileHash
        self.fileSize = version.fileSize
        self.contentSize = manifest.contentSize
        self.files = manifest.files
    }
}
