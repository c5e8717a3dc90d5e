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

    /// Why a patch was not kept, or not made.
    public enum Reason: String, Sendable {
        /// It takes as much as the chunks it replaces, or nearly.
        case chunksAreCheaper = "chunks-are-cheaper"
        /// Those that are worth more leave no room for it.
        case noRoom = "no-room"
        /// It takes more processor time than it may.
        case processorTime = "cpu-budget"
        /// Nothing that could be patched has changed.
        case nothingToPatch = "nothing-to-patch"
    }

    public let from: VersionID
    public let fromVersionString: String
    public let to: VersionID
    public let state: State
    /// Nil unless it is ``State/notWorthIt``.
    public let reason: Reason?
    public let objectKey: String?
    public let digest: Digest?
    public let size: Int64?
    /// Bytes the same files cost by chunks.
    public let chunkBytes: Int64?
    /// Name of the level it was made by; nil when it was not planned.
    public let level: String?
    /// Processor time of all attempts at all its jobs; nil when nothing was made, or that is not known.
    public let spent: Duration?
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
        let reason: String? = try row("reason")
        let spent: Int64? = try row("cpu_us")
        self.state = state
        self.reason = reason.flatMap { Reason(rawValue: $0) }
        self.level = try row("level")
        self.spent = spent.map { .microseconds($0) }
        self.objectKey = try row("object_key")
        self.digest = digest.map { Digest(bytes: $0) }
        self.size = try row("size")
        self.chunkBytes = try row("chunk_bytes")
        self.createdAt = try row("created_at")
    }
}
