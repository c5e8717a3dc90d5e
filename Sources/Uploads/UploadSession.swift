import Content
import FoundationEssentials
import Multipart
import ObjectStore
import Postgres

/// One row of `upload_sessions`.
struct UploadSession: Sendable {
    let id: UUID
    let version: VersionID
    let developer: DeveloperID
    let attempt: Int
    let key: ObjectKey
    /// Nil until the store's upload has begun.
    let storeUpload: MultipartUploadID?
    let parts: PartPlan
    let fileHash: String?
    let state: String
    let expiresAt: Date
    /// By the server's clock.
    let isExpired: Bool

    static let columns: SQL = """
        upload_id, version_id, developer_id, attempt, object_key, store_upload, file_size, part_size, file_hash, state,
        expires_at, expires_at <= now() AS expired
        """

    init(_ row: Row) throws {
        let version: UUID = try row("version_id")
        let developer: UUID = try row("developer_id")
        let attempt: Int32 = try row("attempt")
        let key: String = try row("object_key")
        let partSize: Int64 = try row("part_size")
        self.id = try row("upload_id")
        self.version = VersionID(version)
        self.developer = DeveloperID(developer)
        self.attempt = Int(attempt)
        self.key = try ObjectKey(validating: key)
        let storeUpload: String? = try row("store_upload")
        self.storeUpload = storeUpload.map { MultipartUploadID($0) }
        self.parts = try PartPlan(size: try row("file_size"), partSize: ByteCount(partSize))
        self.fileHash = try row("file_hash")
        self.state = try row("state")
        self.expiresAt = try row("expires_at")
        self.isExpired = try row("expired")
    }
}
