public import Content
public import FoundationEssentials
public import JobLifecycle
import Postgres

/// One row of `game_versions`.
public struct VersionRecord: Sendable {
    public let id: VersionID
    public let game: GameID
    public let developer: DeveloperID
    public let versionString: String
    public let status: VersionStatus
    /// While uploading, the key under which the upload arrives; once ready, the manifest's.
    public let s3Path: String
    /// SHA-256 of the uploaded file, byte for byte.
    public let fileHash: String?
    /// Bytes of the uploaded file.
    public let fileSize: Int64?
    public let changelog: String?
    public let uploadedAt: Date
    public let reviewStatus: String
    /// Uploads begun under this version string.
    public let attempt: Int
    /// The job that ingests the current attempt.
    public let job: Int64?
    public let manifestDigest: Digest?
    public let failure: Failure?
    public let createdAt: Date
    public let committedAt: Date?
    public let finishedAt: Date?
    /// What the CI system of the job that committed the upload says of it: a JSON object as text.
    public let provenance: String?

    static let columns: SQL = """
        version.version_id, version.game_id, game.developer_id, version.version_string, version.status, version.s3_path,
        version.file_hash, version.file_size, version.changelog, version.uploaded_at, version.review_status,
        version.attempt, version.job_id, version.manifest_digest, version.failure::text AS failure, version.created_at,
        version.committed_at, version.finished_at, version.provenance::text AS provenance
        """

    init(_ row: Row) throws {
        let status: String = try row("status")
        guard let status = VersionStatus(rawValue: status) else {
            throw PostgresError.decoding(column: "status", expected: "a version's status", got: status)
        }
        let id: UUID = try row("version_id")
        let game: UUID = try row("game_id")
        let developer: UUID = try row("developer_id")
        let attempt: Int32 = try row("attempt")
        let digest: [UInt8]? = try row("manifest_digest")
        let failure: String? = try row("failure")
        self.id = VersionID(id)
        self.game = GameID(game)
        self.developer = DeveloperID(developer)
        self.versionString = try row("version_string")
        self.status = status
        self.s3Path = try row("s3_path")
        self.fileHash = try row("file_hash")
        self.fileSize = try row("file_size")
        self.changelog = try row("changelog")
        self.uploadedAt = try row("uploaded_at")
        self.reviewStatus = try row("review_status")
        self.attempt = Int(attempt)
        self.job = try row("job_id")
        self.manifestDigest = digest.map { Digest(bytes: $0) }
        self.failure = try failure.map { try JSONDecoder().decode(Failure.self, from: Data($0.utf8)) }
        self.createdAt = try row("created_at")
        self.committedAt = try row("committed_at")
        self.finishedAt = try row("finished_at")
        self.provenance = try row("provenance")
    }
}
