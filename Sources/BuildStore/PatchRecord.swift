public import Content
public import FoundationEssentials
import Postgres

/// What became of making a patch between two versions.
public struct PatchRecord: Sendable {
    /// What became of it.
    public enum State: String, Sendable {
        case ready
        /// It would have cost as much as the chunks it replaces.
        case notWorthIt = "not_worth_it"
        case failed
    }

    public let from: VersionID
    public let fromVersionString: String
    public let to: VersionID
    public let state: State
    public let objectKey: String?
    public let digest: Digest?
    public let size: Int64?
    /// Bytes the same files cost by chunks.
    public let chunkBytes: Int64?
    public let createdAt: Date

    init(_ row: Row) throws(PostgresError) {
        let from: UUID = try row("from_version")
        let to: UUID = try row("to_version")
        let state: String = try row("state")
        let digest: [UInt8]? = try row("digest")
        guard let state = State(rawValue: state) else {
            throw .decoding(column: "state", expected: "a patch's state", got: state)
        }
        self.from = VersionID(from)
        self.fromVersionString = try row("version_string")
        self.to = VersionID(to)
        self.state = state
        self.objectKey = try row("object_key")
        self.digest = digest.map { Digest(bytes: $0) }
        self.size = try row("size")
        self.chunkBytes = try row("chunk_bytes")
        self.createdAt = try row("created_at")
    }
}
